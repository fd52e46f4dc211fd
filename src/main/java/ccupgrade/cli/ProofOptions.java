package ccupgrade.cli;

import ccupgrade.fault.Misuse;
import ccupgrade.release.Proofs;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how a file is known to be the right one. */
final class ProofOptions {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

    @Option(names = "--sha256", paramLabel = "HEX", description = "refuse the file when it has another SHA-256")
    private @Nullable String sha256;

    @Option(
            names = "--checksums",
            paramLabel = "LIST",
            description = "refuse it when its SHA-256 is not the one listed there, in the format of sha256sum")
    private @Nullable Path checksums;

    @Option(
            names = "--signature",
            paramLabel = "SIGNATURE",
            description =
                    "its detached signature; default: FILE.minisig, FILE.sig or FILE.asc, when keys are configured")
    private @Nullable Path signature;

    Proofs proofs() throws Misuse {
        if (sha256 != null && !SHA256.matcher(sha256).matches()) {
            throw new Misuse(
                    "cannot use --sha256 " + sha256 + ": a SHA-256 is 64 hexadecimal digits",
                    "sha256sum FILE prints it");
        }
        return new Proofs(sha256, checksums, signature);
    }
}
