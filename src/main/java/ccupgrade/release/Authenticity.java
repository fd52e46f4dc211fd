package ccupgrade.release;

import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a file is the one that those made who are trusted to make releases. */
public final class Authenticity {

    private static final long LARGEST_SIGNATURE = 1L << 20;

    private static final List<String> SUFFIXES = List.of(".minisig", ".sig", ".asc");

    private final List<Path> keyFiles;
    private final boolean required;

    /**
     * @param keyFiles with public keys; their kinds are known by what is in them
     * @param required whether a file without a valid signature is refused
     */
    public Authenticity(List<Path> keyFiles, boolean required) {
        this.keyFiles = List.copyOf(keyFiles);
        this.required = required;
    }

    /**
     * @param file a copy of the source, or the source itself
     * @param source as it was given: gives the name, and signatures are looked for beside it
     * @param sha256 of the file
     * @return what was seen to be right, for a reader; empty when nothing was asked
     * @throws Refused when something is not right, or a signature is required and there is none
     * @throws Failed when a file that is named cannot be read
     */
    public List<String> check(Path file, Path source, String sha256, Proofs proofs)
            throws Refused, Failed, IOException {
        String name = String.valueOf(source.getFileName());
        List<String> seen = new ArrayList<>();
        if (proofs.sha256() != null) {
            compare(name, sha256, proofs.sha256().toLowerCase(Locale.ROOT), "--sha256");
            seen.add("SHA-256 as given");
        }
        if (proofs.checksums() != null) {
            Path list = proofs.checksums();
            compare(name, sha256, ChecksumFile.sha256(list, name), list.toString());
            seen.add("SHA-256 as in " + list.getFileName());
        }
        if (!keyFiles.isEmpty() || proofs.signature() != null || required) {
            signed(file, source, name, proofs.signature()).ifPresent(seen::add);
        }
        return seen;
    }

    private static void compare(String name, String found, String expected, String where) throws Refused {
        if (!found.equals(expected)) {
            throw new Refused(
                    "cannot use " + name + ": its SHA-256 is " + found + ", and " + where + " says " + expected,
                    "fetch it again, and the checksum from those who made it");
        }
    }

    private Optional<String> signed(Path file, Path source, String name, @Nullable Path given)
            throws Refused, Failed, IOException {
        if (keyFiles.isEmpty()) {
            throw new Refused(
                    "cannot check the signature of " + name + ": no keys are configured",
                    "name files with public keys as keys in [releases]");
        }
        Keys keys = Keys.read(keyFiles);
        Path signature = given != null ? given : beside(source, keys);
        if (signature != null) {
            GivenFile.check(signature);
            Optional<String> objection = objection(file, signature, keys);
            if (objection.isPresent()) {
                throw new Refused(
                        "cannot trust " + name + ": " + signature + " is no proof: " + objection.get(),
                        "fetch both again from those who made them");
            }
            return Optional.of("signed (" + signature.getFileName() + ")");
        }
        if (!keys.certificates().isEmpty() && JarSignature.isSigned(file)) {
            Optional<String> objection = JarSignature.objection(file, keys.certificates());
            if (objection.isPresent()) {
                throw new Refused(
                        "cannot trust " + name + ": " + objection.get(), "fetch it again from those who made it");
            }
            return Optional.of("signed jar");
        }
        if (required) {
            throw new Refused(
                    "cannot trust " + name + ": it has no signature, and require-signature in [releases] asks for one",
                    "fetch it too, and lay it beside the file, or name it: --signature FILE");
        }
        return Optional.empty();
    }

    /** The first that there is a key for; null when there is none. */
    private static @Nullable Path beside(Path source, Keys keys) throws IOException {
        for (String suffix : SUFFIXES) {
            Path candidate = source.resolveSibling(source.getFileName() + suffix);
            if (Files.isRegularFile(candidate)) {
                boolean known = isEd25519(candidate)
                        ? !keys.ed25519().isEmpty()
                        : !keys.openPgp().isEmpty();
                if (known) {
                    return candidate;
                }
            }
        }
        return null;
    }

    private static boolean isEd25519(Path signature) throws IOException {
        return textOf(signature).startsWith(Ed25519Signature.FIRST_LINE);
    }

    private static String textOf(Path signature) throws IOException {
        return new String(bytesOf(signature), StandardCharsets.UTF_8);
    }

    private static byte[] bytesOf(Path signature) throws IOException {
        return Files.size(signature) > LARGEST_SIGNATURE ? new byte[0] : Files.readAllBytes(signature);
    }

    private static Optional<String> objection(Path file, Path signature, Keys keys) throws IOException {
        try {
            return isEd25519(signature)
                    ? Ed25519Signature.read(textOf(signature)).objection(file, keys.ed25519())
                    : OpenPgpSignature.read(bytesOf(signature)).objection(file, keys.openPgp());
        } catch (IOException | RuntimeException e) {
            if (e instanceof java.nio.file.FileSystemException failure) {
                throw failure;
            }
            return Optional.of("it is no signature of minisign's, signify's or OpenPGP's");
        }
    }
}
