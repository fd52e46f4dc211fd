package ccupgrade.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The signatures in the resources were made by minisign, signify, GnuPG and jarsigner; their keys are thrown away. */
class AuthenticityTest {

    @TempDir
    Path temporary;

    private Path jobs;

    @BeforeEach
    void take() throws IOException {
        jobs = taken("jobs", "jobs");
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = AuthenticityTest.class.getResourceAsStream("signed/" + name)) {
            return in.readAllBytes();
        }
    }

    private Path taken(String name, String as) throws IOException {
        return Files.write(temporary.resolve(as), resource(name));
    }

    private List<String> check(Path file, boolean required, Proofs proofs, String... keys) throws Exception {
        List<Path> files = new ArrayList<>();
        for (String key : keys) {
            files.add(taken(key, "key-" + key));
        }
        return new Authenticity(files, required).check(file, file, Checksum.sha256(file, Progress.NONE), proofs);
    }

    private void refused(String message, boolean required, Proofs proofs, String... keys) {
        assertThatThrownBy(() -> check(jobs, required, proofs, keys))
                .isInstanceOf(Refused.class)
                .hasMessageContaining(message);
    }

    private Proofs signedBy(String signature) throws IOException {
        return new Proofs(null, null, taken(signature, signature));
    }

    @ParameterizedTest
    @CsvSource({
        "minisign.pub, jobs.minisig",
        "minisign.pub, jobs.legacy.minisig",
        "signify.pub, jobs.sig",
        "openpgp.pub.asc, jobs.asc",
        "openpgp.pub.asc, jobs.gpg"
    })
    void a_signature_by_a_known_key_is_taken_and_any_change_is_seen(String key, String signature) throws Exception {
        Proofs proofs = signedBy(signature);
        assertThat(check(jobs, true, proofs, key)).containsExactly("signed (" + signature + ")");
        assertThat(check(jobs, true, proofs, "minisign.pub", "signify.pub", "other.pub.asc", "openpgp.pub.asc"))
                .hasSize(1);
        refused("which is not among keys", false, proofs, key.endsWith(".asc") ? "other.pub.asc" : otherEd25519(key));

        Files.writeString(jobs, "#!/bin/sh\necho other\n");
        refused("the file is not what key", false, proofs, key);
    }

    private static String otherEd25519(String key) {
        return key.equals("minisign.pub") ? "signify.pub" : "minisign.pub";
    }

    @ParameterizedTest
    @CsvSource({
        "minisign.pub, jobs.minisig",
        "signify.pub, jobs.sig",
        "openpgp.pub.asc, jobs.gpg",
        "openpgp.pub.asc, jobs.asc"
    })
    void a_signature_damaged_anywhere_is_no_proof(String key, String name) throws Exception {
        byte[] whole = resource(name);
        Path signature = temporary.resolve(name);
        Proofs proofs = new Proofs(null, null, signature);
        for (int length = 0; length < whole.length - 80; length += 7) {
            Files.write(signature, Arrays.copyOf(whole, length));
            refused("cannot trust jobs: ", false, proofs, key);
        }
        Files.write(signature, new byte[2 << 20]);
        refused("cannot trust jobs: ", false, proofs, key);
    }

    @Test
    void the_trusted_comment_is_signed_too() throws Exception {
        String text = new String(resource("jobs.minisig"), StandardCharsets.UTF_8);
        Path signature = Files.writeString(temporary.resolve("s"), text.replace("jobs 1.0", "jobs 2.0"));
        refused("its trusted comment is not what key", false, new Proofs(null, null, signature), "minisign.pub");
        String without = text.lines().limit(2).reduce("", (all, line) -> all + line + "\n");
        Files.writeString(signature, without);
        refused("is no signature", false, new Proofs(null, null, signature), "minisign.pub");
    }

    @Test
    void keys_made_by_java_are_as_good() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        byte[] id = new byte[8];
        new Random(2).nextBytes(id);
        Path key = Files.writeString(
                temporary.resolve("k.pub"),
                "untrusted comment: k\n"
                        + base64("Ed", id, Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)));
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(pair.getPrivate());
        signer.update(Files.readAllBytes(jobs));
        Files.writeString(
                temporary.resolve("jobs.sig"), "untrusted comment: s\n" + base64("Ed", id, signer.sign()) + "\n");

        assertThat(new Authenticity(List.of(key), true).check(jobs, jobs, "", Proofs.NONE))
                .containsExactly("signed (jobs.sig)");
    }

    private static String base64(String kind, byte[] id, byte[] content) {
        return Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(10 + content.length)
                        .put(kind.getBytes(StandardCharsets.US_ASCII))
                        .put(id)
                        .put(content)
                        .array());
    }

    @Test
    void openpgp_signatures_that_prove_nothing_are_refused() throws Exception {
        refused("rests on a hash that is broken", false, signedBy("jobs.sha1.asc"), "other.pub.asc");
        refused("is no signature", false, signedBy("jobs.clear.asc"), "openpgp.pub.asc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jobs.minisig", "jobs.sig", "jobs.asc"})
    void a_signature_beside_the_file_is_found_where_there_is_a_key_for_it(String name) throws Exception {
        taken(name, name);
        assertThat(check(jobs, true, Proofs.NONE, "minisign.pub", "signify.pub", "openpgp.pub.asc"))
                .containsExactly("signed (" + name + ")");
        assertThat(check(jobs, false, Proofs.NONE, "certificate.pem")).isEmpty();
        assertThat(check(jobs, false, Proofs.NONE)).isEmpty();
        Files.writeString(jobs, "other");
        refused("cannot trust jobs", false, Proofs.NONE, "minisign.pub", "signify.pub", "openpgp.pub.asc");
    }

    @Test
    void a_signature_that_is_required_and_missing_is_refused() throws Exception {
        refused("it has no signature, and require-signature", true, Proofs.NONE, "minisign.pub");
        refused("no keys are configured", true, Proofs.NONE);
        refused("no keys are configured", false, signedBy("jobs.sig"));
    }

    @Test
    void a_signed_jar_is_taken_when_its_certificate_is_known_and_all_of_it_is_signed() throws Exception {
        Path jar = taken("signed.jar", "app.jar");
        assertThat(check(jar, true, Proofs.NONE, "certificate.pem")).containsExactly("signed jar");
        assertThatThrownBy(() -> check(jar, true, Proofs.NONE, "minisign.pub"))
                .hasMessageContaining("it has no signature");

        Path more = temporary.resolve("more.jar");
        rewrite(jar, more, "app/Other.class", new byte[] {1});
        assertThatThrownBy(() -> check(more, false, Proofs.NONE, "certificate.pem"))
                .isInstanceOf(Refused.class)
                .hasMessage("cannot trust more.jar: app/Other.class in it is not signed");

        Path altered = temporary.resolve("altered.jar");
        rewrite(jar, altered, "app/Main.class", new byte[] {1});
        assertThatThrownBy(() -> check(altered, false, Proofs.NONE, "certificate.pem"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("it is not what was signed");
    }

    /** With an entry put in, or in the place of one. */
    private static void rewrite(Path jar, Path target, String name, byte[] content) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar));
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(target))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.getName().equals(name)) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    in.transferTo(out);
                }
            }
            out.putNextEntry(new ZipEntry(name));
            out.write(content);
        }
    }

    @Test
    void a_key_file_that_is_none_is_named() throws Exception {
        for (String content :
                List.of("", "hello", "-----BEGIN CERTIFICATE-----\nx", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n")) {
            Path key = Files.writeString(temporary.resolve("key"), content);
            assertThatThrownBy(() -> new Authenticity(List.of(key), true).check(jobs, jobs, "", Proofs.NONE))
                    .isInstanceOf(Refused.class);
        }
        Path secret = Files.writeString(temporary.resolve("key"), "-----BEGIN PRIVATE KEY-----");
        assertThatThrownBy(() -> new Authenticity(List.of(secret), false).check(jobs, jobs, "", Proofs.NONE))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("it holds a secret key");
    }

    @Test
    void the_sha256_has_to_be_the_one_that_was_given() throws Exception {
        String right = Checksum.sha256(jobs, Progress.NONE);
        assertThat(check(jobs, false, new Proofs(right.toUpperCase(java.util.Locale.ROOT), null, null)))
                .containsExactly("SHA-256 as given");
        String wrong = "0".repeat(64);
        refused("its SHA-256 is " + right + ", and --sha256 says " + wrong, false, new Proofs(wrong, null, null));
    }

    @Test
    void a_list_has_to_name_the_file_exactly_once() throws Exception {
        String right = Checksum.sha256(jobs, Progress.NONE);
        String wrong = "0".repeat(64);
        for (String list : List.of(
                right + "  jobs\n",
                right + " *jobs\n" + wrong + "  jobs2\n",
                wrong + "  jobs.asc\r\n" + right + "  ./dist/jobs\r\n",
                "MD5 (jobs) = 00\nSHA256 (jobs) = " + right + "\n",
                "SHA512 (jobs) = " + right + right + "\nSHA256 (dist/jobs) = " + right + "\n")) {
            assertThat(check(jobs, false, listed(list))).as(list).containsExactly("SHA-256 as in sums");
        }
        refused("and " + temporary.resolve("sums") + " says " + wrong, false, listed(wrong + "  jobs\n"));
        refused("lists it 2 times", false, listed((right + "  jobs\n").repeat(2)));
        refused("which lists 1 other files", false, listed(right + "  jobs-1.0\n"));
        refused("it lists no SHA-256", false, listed("<html>404</html>"));
    }

    private Proofs listed(String content) throws IOException {
        return new Proofs(null, Files.writeString(temporary.resolve("sums"), content), null);
    }
}
