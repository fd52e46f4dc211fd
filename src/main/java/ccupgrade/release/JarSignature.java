package ccupgrade.release;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.apache.commons.io.IOUtils;

/** The signatures that {@code jarsigner} puts into a jar. */
final class JarSignature {

    /** Which themselves are not signed, or by the others. */
    private static final Pattern OF_THE_SIGNATURE =
            Pattern.compile("META-INF/(MANIFEST\\.MF|[^/]+\\.(SF|RSA|DSA|EC)|SIG-[^/]*)", Pattern.CASE_INSENSITIVE);

    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(RSA|DSA|EC)", Pattern.CASE_INSENSITIVE);

    private JarSignature() {}

    static boolean isSigned(Path jar) {
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            return file.stream()
                    .anyMatch(entry -> SIGNATURE.matcher(entry.getName()).matches());
        } catch (IOException | RuntimeException e) {
            // What is no jar, or a damaged one, is told by those who inspect it.
            return false;
        }
    }

    /**
     * Why the jar does not show that those who hold these certificates signed all of it; empty when it does. Whoever is trusted is
     * trusted by name, and so for as long as the certificate is among the keys, whatever date it bears.
     */
    static Optional<String> objection(Path jar, List<Certificate> trusted) throws IOException {
        try (JarFile file = new JarFile(jar.toFile(), true)) {
            for (JarEntry entry : Collections.list(file.entries())) {
                if (entry.isDirectory()
                        || OF_THE_SIGNATURE.matcher(entry.getName()).matches()) {
                    continue;
                }
                try (InputStream in = file.getInputStream(entry)) {
                    IOUtils.consume(in);
                }
                CodeSigner[] signers = entry.getCodeSigners();
                if (signers == null) {
                    return Optional.of(entry.getName() + " in it is not signed");
                }
                boolean known = false;
                for (CodeSigner signer : signers) {
                    known |= trusted.contains(
                            signer.getSignerCertPath().getCertificates().get(0));
                }
                if (!known) {
                    return Optional.of(entry.getName()
                            + " in it is signed by nobody whose certificate is among keys in [releases]");
                }
            }
            return Optional.empty();
        } catch (SecurityException e) {
            return Optional.of("it is not what was signed");
        }
    }
}
