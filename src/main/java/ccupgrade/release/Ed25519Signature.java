package ccupgrade.release;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.jspecify.annotations.Nullable;

/**
 * A detached signature as minisign and signify write it.
 *
 * @param prehashed whether the file's BLAKE2b is signed, and not the file
 * @param keyId of the key that made it
 * @param trustedComment which the second signature covers, together with the first; null where there is none (signify)
 */
record Ed25519Signature(
        boolean prehashed,
        String keyId,
        byte[] signature,
        @Nullable String trustedComment,
        byte @Nullable [] globalSignature) {

    static final String FIRST_LINE = "untrusted comment:";

    private static final String TRUSTED = "trusted comment: ";
    private static final int SIGNATURE = 64;

    /** Java keeps in memory what is signed as a whole. */
    private static final long MOST_UNHASHED = 256L << 20;

    /** @throws IllegalArgumentException when it is none */
    static Ed25519Signature read(String text) {
        List<String> lines = text.lines().toList();
        if (lines.size() < 2 || !lines.get(0).startsWith(FIRST_LINE)) {
            throw new IllegalArgumentException("it has no comment and signature");
        }
        ByteBuffer bytes =
                ByteBuffer.wrap(Base64.getDecoder().decode(lines.get(1).strip()));
        if (bytes.remaining() != 2 + Ed25519Key.ID + SIGNATURE || bytes.get() != 'E') {
            throw new IllegalArgumentException("it is no Ed25519 signature");
        }
        byte algorithm = bytes.get();
        if (algorithm != 'd' && algorithm != 'D') {
            throw new IllegalArgumentException("it is made in a way that is not known here");
        }
        byte[] id = new byte[Ed25519Key.ID];
        bytes.get(id);
        byte[] signature = new byte[SIGNATURE];
        bytes.get(signature);
        boolean withComment = lines.size() >= 4 && lines.get(2).startsWith(TRUSTED);
        if (algorithm == 'D' && !withComment) {
            throw new IllegalArgumentException("its trusted comment is missing");
        }
        return new Ed25519Signature(
                algorithm == 'D',
                Ed25519Key.idOf(id),
                signature,
                withComment ? lines.get(2).substring(TRUSTED.length()) : null,
                withComment ? Base64.getDecoder().decode(lines.get(3).strip()) : null);
    }

    /** Why it does not show that one of these keys signed the file; empty when it does. */
    Optional<String> objection(Path file, List<Ed25519Key> keys) throws IOException {
        Optional<Ed25519Key> key =
                keys.stream().filter(each -> each.id().equals(keyId)).findFirst();
        if (key.isEmpty()) {
            return Optional.of("it is made with key " + keyId + ", which is not among keys in [releases]");
        }
        if (!prehashed && Files.size(file) > MOST_UNHASHED) {
            return Optional.of("the file is too large for a signature of this kind: have it signed by minisign -H");
        }
        try {
            byte[] signed = prehashed ? blake2b(file) : Files.readAllBytes(file);
            if (!isBy(key.get().key(), signed, signature)) {
                return Optional.of("the file is not what key " + keyId + " signed");
            }
            if (trustedComment != null
                    && globalSignature != null
                    && !isBy(key.get().key(), withComment(trustedComment), globalSignature)) {
                return Optional.of("its trusted comment is not what key " + keyId + " signed");
            }
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            return Optional.of("it is damaged");
        }
    }

    private byte[] withComment(String comment) {
        byte[] text = comment.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(SIGNATURE + text.length)
                .put(signature)
                .put(text)
                .array();
    }

    private static boolean isBy(PublicKey key, byte[] signed, byte[] signature) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(key);
        verifier.update(signed);
        return verifier.verify(signature);
    }

    private static byte[] blake2b(Path file) throws IOException {
        Blake2bDigest digest = new Blake2bDigest(512);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        byte[] hash = new byte[digest.getDigestSize()];
        digest.doFinal(hash, 0);
        return hash;
    }
}
