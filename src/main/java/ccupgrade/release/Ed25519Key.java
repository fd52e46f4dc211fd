package ccupgrade.release;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * A public key as minisign and signify write it: a line of base64, perhaps below a comment.
 *
 * @param id by which a signature names it: 16 hexadecimal digits
 */
record Ed25519Key(String id, PublicKey key) {

    static final int ID = 8;

    private static final int KEY = 32;

    /** @throws IllegalArgumentException when it is none */
    static Ed25519Key read(String text) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        String line = lines.get(lines.size() - 1).strip();
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(line));
        if (bytes.remaining() != 2 + ID + KEY || bytes.get() != 'E' || bytes.get() != 'd') {
            throw new IllegalArgumentException("it is no Ed25519 key");
        }
        byte[] id = new byte[ID];
        bytes.get(id);
        byte[] point = new byte[KEY];
        bytes.get(point);
        return new Ed25519Key(idOf(id), key(point));
    }

    /** As minisign shows it, the last byte first. */
    static String idOf(byte[] id) {
        byte[] reversed = new byte[id.length];
        for (int i = 0; i < id.length; i++) {
            reversed[i] = id[id.length - 1 - i];
        }
        return HexFormat.of().withUpperCase().formatHex(reversed);
    }

    /** @param point little-endian, the highest bit telling whether x is odd */
    private static PublicKey key(byte[] point) {
        boolean odd = (point[KEY - 1] & 0x80) != 0;
        byte[] bigEndian = new byte[KEY];
        for (int i = 0; i < KEY; i++) {
            bigEndian[i] = point[KEY - 1 - i];
        }
        bigEndian[0] &= 0x7f;
        EdECPublicKeySpec spec =
                new EdECPublicKeySpec(NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, bigEndian)));
        try {
            return KeyFactory.getInstance("Ed25519").generatePublic(spec);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
