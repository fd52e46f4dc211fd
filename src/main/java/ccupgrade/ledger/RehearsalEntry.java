package ccupgrade.ledger;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a rehearsal measured.
 *
 * @param sha256 of the release
 * @param passed whether nothing spoke against the release
 * @param stateBytes the databases, logs included, before
 * @param copy how long it took to copy them while the service worked
 * @param migrate how long all that was migrated took; of a release that migrates when it starts, to its first healthy answer
 * @param archive of that, how long the archive took; null when it was not migrated
 * @param look how long a look at each file of the archive took; null when an install would not keep it, or nobody looked
 * @param whole whether nothing was left out that an install has to migrate
 * @param start from the start of the release on the copy to its first healthy answer; null when it was not started; zero when it is
 *     within {@code migrate}
 * @param peakBytes the most that the databases, their logs and temporary files took on the way, at one time
 * @param addedBytes the most by which the databases and their logs had grown on the way
 * @param temporaryBytes the most that temporary files took
 * @param growthBytes how much larger the databases are afterwards; negative when smaller
 */
public record RehearsalEntry(
        String sha256,
        boolean passed,
        long stateBytes,
        Duration copy,
        Duration migrate,
        @Nullable Duration archive,
        @Nullable Duration look,
        boolean whole,
        @Nullable Duration start,
        long peakBytes,
        long addedBytes,
        long temporaryBytes,
        long growthBytes,
        String schemaBefore,
        String schemaAfter) {

    /** How long the migration of the archive took, or that of the databases; null when that was not migrated. */
    public @Nullable Duration migrate(boolean ofArchive) {
        if (ofArchive) {
            return archive;
        }
        return archive == null ? migrate : migrate.minus(archive);
    }
}
