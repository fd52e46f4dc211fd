package ccupgrade.cli;

import ccupgrade.fault.Misuse;
import ccupgrade.release.Proofs;
import java.nio.file.Path;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;

/** The options that say how a file is known to be the right one. */
final class ProofOptions {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

    private final Argument<String> sha256 =
            Argument.option(String.class, "HEX", "refuse the file when it has another SHA-256", "--sha256");

    private final Argument<Path> checksums = Argument.option(
            Path.class,
            "LIST",
            "refuse it when its SHA-256 is not the one listed there, in the format of sha256sum",
            "--checksums");

    private final Argument<Path> signature = Argument.option(
            Path.class,
            "SIGNATURE",
            "its detached signature; default: FILE.minisig, FILE.sig or FILE.asc, when keys are configured",
            "--signature");

    void addTo(CommandSpec command) {
        Declared.with(command, sha256, checksums, signature);
    }

    Proofs proofs() throws Misuse {
        String expected = sha256.orNull();
        if (expected != null && !SHA256.matcher(expected).matches()) {
            throw new Misuse(
                    "cannot use --sha256 " + expected + ": a SHA-256 is 64 hexadecimal digits",
                    "sha256sum FILE prints it");
        }
        return new Proofs(expected, checksums.orNull(), signature.orNull());
    }
}
