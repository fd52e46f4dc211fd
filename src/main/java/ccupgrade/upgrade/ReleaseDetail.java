package ccupgrade.upgrade;

import ccupgrade.release.EmbeddedMigration;
import ccupgrade.state.SavedTree;
import ccupgrade.state.Snapshot;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one release.
 *
 * @param program what Java runs of it; null where it runs without, and when it cannot be read
 * @param migrations in the order in which Flyway would run them
 * @param notInRelease migrations that the live database has and the release does not know
 * @param notCompared why the migrations' states are not known; null when they are
 * @param snapshots of the state that it ran on, the oldest first
 * @param problems what could not be found out, and why; a line each
 */
public record ReleaseDetail(
        ListedRelease release,
        @Nullable Program program,
        List<Migration> migrations,
        List<String> notInRelease,
        @Nullable String notCompared,
        List<SnapshotLine> snapshots,
        List<String> problems) {

    public ReleaseDetail {
        migrations = List.copyOf(migrations);
        notInRelease = List.copyOf(notInRelease);
        snapshots = List.copyOf(snapshots);
        problems = List.copyOf(problems);
    }

    /** @param javaVersion the feature number of the oldest Java that can load the main class */
    public record Program(String mainClass, int javaVersion) {}

    /** How an embedded migration stands to the live database. */
    public enum State {
        APPLIED,
        PENDING,
        /** Applied with another text, description or kind than the release has. */
        DIFFERING,
        /** Began and did not succeed. */
        FAILED,
        /** Older than what is applied, and never applied. */
        SKIPPED,
        /** A baseline made it superfluous, or it is a baseline that nobody needed. */
        NOT_NEEDED,
        UNKNOWN
    }

    /**
     * A migration that the jar carries.
     *
     * @param label {@code V4 add index}
     * @param version null for a repeatable one
     * @param script its path in the jar
     */
    public record Migration(
            String label,
            @Nullable String version,
            String description,
            String script,
            EmbeddedMigration.Kind type,
            State state) {}

    /**
     * A snapshot of the release's state.
     *
     * @param size bytes of all copies
     * @param schema for a reader
     * @param files configuration files in it
     * @param archive how the files of the archive are kept in it; null where they are not
     */
    public record SnapshotLine(
            String id,
            Instant taken,
            long operation,
            long size,
            String schema,
            int files,
            SavedTree.@Nullable Way archive,
            String reason,
            Path directory) {

        static SnapshotLine of(Snapshot snapshot) {
            return new SnapshotLine(
                    snapshot.id(),
                    snapshot.taken(),
                    snapshot.operation(),
                    snapshot.size(),
                    snapshot.filesOnly() ? "files only" : Schemas.of(snapshot).text(),
                    snapshot.files().size(),
                    snapshot.way(),
                    snapshot.reason(),
                    snapshot.directory());
        }
    }
}
