package ccupgrade.release;

import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;

/**
 * Whom the configuration trusts to make releases.
 *
 * @param ed25519 as minisign and signify write them
 * @param openPgp with their subkeys
 * @param certificates of those who sign jars
 */
record Keys(List<Ed25519Key> ed25519, List<PGPPublicKeyRing> openPgp, List<Certificate> certificates) {

    private static final long LARGEST = 16L << 20;

    /** @throws Refused when a file holds no public key of a known kind */
    static Keys read(List<Path> files) throws Refused, Failed, IOException {
        Keys keys = new Keys(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Path file : files) {
            keys.add(file);
        }
        return keys;
    }

    private void add(Path file) throws Refused, Failed, IOException {
        GivenFile.check(file);
        byte[] bytes = Files.size(file) > LARGEST ? new byte[0] : Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.contains("PRIVATE KEY") || text.contains("secret key")) {
            throw new Refused(
                    "cannot use " + file + " as a key: it holds a secret key, which belongs to whoever signs",
                    "put the public key in its place, and the secret one away");
        }
        try {
            if (text.contains("-----BEGIN CERTIFICATE-----")) {
                certificates.addAll(
                        CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes)));
                return;
            }
            if (text.contains("-----BEGIN PGP PUBLIC KEY BLOCK-----") || bytes.length > 0 && bytes[0] < 0) {
                new PGPPublicKeyRingCollection(
                                PGPUtil.getDecoderStream(new ByteArrayInputStream(bytes)),
                                new BcKeyFingerprintCalculator())
                        .getKeyRings()
                        .forEachRemaining(openPgp::add);
                return;
            }
            ed25519.add(Ed25519Key.read(text));
        } catch (IOException | PGPException | CertificateException | RuntimeException e) {
            throw new Refused(
                    "cannot use " + file
                            + " as a key: it is no public key of minisign's, signify's or OpenPGP's, and no"
                            + " certificate in PEM",
                    "correct keys in [releases]",
                    e);
        }
    }
}
