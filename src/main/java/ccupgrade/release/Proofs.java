package ccupgrade.release;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What somebody has that shows that a file is the right one. Each is null where there is none.
 *
 * @param sha256 that the file is to have, in any case of letters
 * @param checksums a file that lists it
 * @param signature a file with a detached signature; where null, one is looked for beside the file
 */
public record Proofs(
        @Nullable String sha256,
        @Nullable Path checksums,
        @Nullable Path signature) {

    public static final Proofs NONE = new Proofs(null, null, null);
}
