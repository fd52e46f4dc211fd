package ccupgrade.release;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/** A detached OpenPGP signature, armored or not. Several in one file are as good as the best of them. */
final class OpenPgpSignature {

    /** What anybody can make another file for. */
    private static final Set<Integer> BROKEN =
            Set.of(HashAlgorithmTags.MD5, HashAlgorithmTags.SHA1, HashAlgorithmTags.RIPEMD160, HashAlgorithmTags.MD2);

    private static final BcPGPContentVerifierBuilderProvider VERIFIERS = new BcPGPContentVerifierBuilderProvider();

    private final PGPSignatureList signatures;

    private OpenPgpSignature(PGPSignatureList signatures) {
        this.signatures = signatures;
    }

    /** @throws IllegalArgumentException when it is none */
    static OpenPgpSignature read(byte[] bytes) throws IOException {
        Object first = new BcPGPObjectFactory(PGPUtil.getDecoderStream(new ByteArrayInputStream(bytes))).nextObject();
        if (!(first instanceof PGPSignatureList signatures) || signatures.isEmpty()) {
            throw new IllegalArgumentException("it holds no detached signature");
        }
        return new OpenPgpSignature(signatures);
    }

    /** Why it does not show that one of these keys signed the file; empty when it does. */
    Optional<String> objection(Path file, List<PGPPublicKeyRing> rings) throws IOException {
        Optional<String> first = Optional.empty();
        for (PGPSignature signature : signatures) {
            Optional<String> objection;
            try {
                objection = objection(signature, file, rings);
            } catch (PGPException | RuntimeException e) {
                objection = Optional.of("it is damaged, or made in a way that is not known here");
            }
            if (objection.isEmpty()) {
                return objection;
            }
            first = first.isPresent() ? first : objection;
        }
        return first;
    }

    private static Optional<String> objection(PGPSignature signature, Path file, List<PGPPublicKeyRing> rings)
            throws PGPException, IOException {
        String id = id(signature.getKeyID());
        for (PGPPublicKeyRing ring : rings) {
            PGPPublicKey key = ring.getPublicKey(signature.getKeyID());
            if (key != null) {
                if (signature.getSignatureType() != PGPSignature.BINARY_DOCUMENT) {
                    return Optional.of("it is not the signature of a file");
                }
                if (BROKEN.contains(signature.getHashAlgorithm())) {
                    return Optional.of("it rests on a hash that is broken (MD5, SHA-1)");
                }
                Optional<String> unfit = unfit(ring, key, signature.getCreationTime());
                if (unfit.isPresent()) {
                    return unfit;
                }
                PGPSignatureSubpacketVector hashed = signature.getHashedSubPackets();
                if (hashed != null
                        && isOver(signature.getCreationTime(), hashed.getSignatureExpirationTime(), new Date())) {
                    return Optional.of("it has expired");
                }
                return isOf(signature, key, file)
                        ? Optional.empty()
                        : Optional.of("the file is not what key " + id + " signed");
            }
        }
        return Optional.of("it is made with key " + id + ", which is not among keys in [releases]");
    }

    private static boolean isOf(PGPSignature signature, PGPPublicKey key, Path file) throws PGPException, IOException {
        signature.init(VERIFIERS, key);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                signature.update(buffer, 0, n);
            }
        }
        return signature.verify();
    }

    /** Why a key may not have signed at that time, by what its owner says of it. */
    private static Optional<String> unfit(PGPPublicKeyRing ring, PGPPublicKey key, Date signed) throws PGPException {
        PGPPublicKey master = ring.getPublicKey();
        if (isRevoked(master, master) || isRevoked(key, master)) {
            return Optional.of("key " + id(key.getKeyID()) + " is revoked");
        }
        if (isOver(master.getCreationTime(), master.getValidSeconds(), signed)
                || isOver(key.getCreationTime(), key.getValidSeconds(), signed)) {
            return Optional.of("key " + id(key.getKeyID()) + " had expired when it was made");
        }
        if (key.isMasterKey()) {
            return Optional.empty();
        }
        boolean maySign = false;
        for (Iterator<PGPSignature> bindings = key.getSignaturesOfType(PGPSignature.SUBKEY_BINDING);
                bindings.hasNext(); ) {
            PGPSignature binding = bindings.next();
            if (binding.getKeyID() == master.getKeyID()) {
                binding.init(VERIFIERS, master);
                PGPSignatureSubpacketVector hashed = binding.getHashedSubPackets();
                maySign |= binding.verifyCertification(master, key)
                        && hashed != null
                        && (hashed.getKeyFlags() & KeyFlags.SIGN_DATA) != 0;
            }
        }
        return maySign ? Optional.empty() : Optional.of("key " + id(key.getKeyID()) + " is none for signing files");
    }

    /** Anybody can add a revocation that is none. */
    private static boolean isRevoked(PGPPublicKey key, PGPPublicKey master) throws PGPException {
        int type = key.isMasterKey() ? PGPSignature.KEY_REVOCATION : PGPSignature.SUBKEY_REVOCATION;
        for (Iterator<PGPSignature> found = key.getSignaturesOfType(type); found.hasNext(); ) {
            PGPSignature revocation = found.next();
            if (revocation.getKeyID() == master.getKeyID()) {
                revocation.init(VERIFIERS, master);
                boolean valid = key.isMasterKey()
                        ? revocation.verifyCertification(key)
                        : revocation.verifyCertification(master, key);
                if (valid) {
                    return true;
                }
            }
        }
        return false;
    }

    /** @param seconds that it lasts; 0 for ever */
    private static boolean isOver(Date begin, long seconds, Date at) {
        return seconds > 0 && begin.getTime() + seconds * 1000 < at.getTime();
    }

    private static String id(long keyId) {
        return HexFormat.of().toHexDigits(keyId).toUpperCase(Locale.ROOT);
    }
}
