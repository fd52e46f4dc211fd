package ccupgrade.upgrade;

import ccupgrade.release.Kind;
import ccupgrade.release.Release;
import ccupgrade.release.ReleaseRecord;
import ccupgrade.release.Supported;
import ccupgrade.release.Verdict;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One stored release, for a reader.
 *
 * @param size in bytes
 * @param schema the version of the live databases for the current release, of what they were at when it was left for any other; null
 *     where that is not known
 * @param reason why the verdict is what it is; null when there is nothing to say
 * @param note why it is pinned, in the words of whoever did it; null for none
 * @param withdrawn gone back from, so that {@code rollback} chooses it only when it is named
 * @param rollbackTarget whether {@code rollback} chooses it when it is told nothing
 * @param sha256 null for a release that was put into the directory by hand
 * @param origin the name of the file that it was installed from
 * @param type what it is
 * @param file what is run
 * @param supports the versions of the state that it says it works on
 */
public record ListedRelease(
        long epoch,
        String title,
        @Nullable String version,
        Instant installed,
        long size,
        @Nullable String schema,
        Verdict verdict,
        @Nullable String reason,
        boolean pinned,
        @Nullable String note,
        boolean withdrawn,
        boolean current,
        boolean rollbackTarget,
        @Nullable String sha256,
        String origin,
        Kind type,
        Path file,
        Supported supports) {

    static ListedRelease of(Release release, boolean current, boolean rollbackTarget, @Nullable String schema) {
        ReleaseRecord record = release.record();
        return new ListedRelease(
                release.epoch(),
                record.title(),
                record.version(),
                record.installed(),
                record.size(),
                schema,
                record.verdict(),
                record.reason(),
                record.pinned(),
                record.note(),
                record.withdrawn(),
                current,
                rollbackTarget,
                record.sha256(),
                record.origin(),
                record.kind(),
                release.file(),
                record.supports());
    }

    /** {@code jobs 1.2 (1700000000)}. */
    public String label() {
        return title + (version == null ? "" : " " + version) + " (" + epoch + ")";
    }
}
