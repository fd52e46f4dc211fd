package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.service.HealthCheck;
import ccupgrade.state.VersionKind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a deployment stands at one moment.
 *
 * @param unit systemd's; null under another manager
 * @param current null when no release is installed, or when the link cannot be trusted: a warning says so then
 * @param health null when the service does not run, or could not be asked
 * @param files configuration files that are part of the state
 * @param archive null where none is configured
 * @param operation what is under way or was interrupted; null when nothing is
 * @param lastOperation what has ended last; null before the first, and while something is under way or interrupted
 * @param rollbackTarget null when there is no good release to go back to
 * @param warnings what nobody may overlook, in plain words; a line each
 */
public record DeploymentStatus(
        String name,
        Path home,
        Config.Manager manager,
        @Nullable String unit,
        @Nullable ListedRelease current,
        ServiceState service,
        HealthCheck.@Nullable Probe health,
        List<DatabaseState> databases,
        List<FileState> files,
        @Nullable ArchiveState archive,
        @Nullable OpenOperation operation,
        @Nullable EndedOperation lastOperation,
        @Nullable ListedRelease rollbackTarget,
        List<String> warnings) {

    public DeploymentStatus {
        databases = List.copyOf(databases);
        files = List.copyOf(files);
        warnings = List.copyOf(warnings);
    }

    /**
     * The service as its manager sees it.
     *
     * @param pid of the main process; null when it does not run, or the manager doesn't tell
     * @param restarts how often its manager started it again by itself
     * @param executable the release that it was started from; null when that is not known
     * @param leftover processes that outlived the main one
     * @param text the state for a reader
     */
    public record ServiceState(
            State state,
            @Nullable Long pid,
            @Nullable Instant since,
            int restarts,
            @Nullable Path executable,
            List<Long> leftover,
            String text) {

        /** What the manager says. */
        public enum State {
            RUNNING,
            STOPPED,
            LEFTOVER,
            UNKNOWN
        }
    }

    /**
     * One database.
     *
     * @param name relative to the home where it is below it
     * @param size bytes of its main file; null when there is none
     * @param logSize bytes of its write-ahead log; null when there is none
     * @param schema the version for a reader; null when it could not be read
     * @param versionKeptBy null when it could not be read
     * @param dirty whether a migration began and did not end
     * @param why it is unreadable; null when it is not
     */
    public record DatabaseState(
            String name,
            Presence presence,
            @Nullable Long size,
            @Nullable Long logSize,
            @Nullable String schema,
            @Nullable VersionKind versionKeptBy,
            boolean dirty,
            @Nullable String why) {

        /** Whether there is something to read. */
        public enum Presence {
            PRESENT,
            ABSENT,
            UNREADABLE
        }
    }

    /**
     * A configuration file.
     *
     * @param name relative to the home where it is below it
     */
    public record FileState(String name, boolean present) {}

    /**
     * The archive.
     *
     * @param name relative to the home where it is below it
     * @param version null when it tells none
     * @param why its version cannot be read; null when it can, or there is none
     */
    public record ArchiveState(
            String name,
            boolean present,
            @Nullable Long version,
            @Nullable String why) {}

    /**
     * An operation that has not ended.
     *
     * @param number null when its holder has not begun a journal: a start, a stop, the first moment of an install
     * @param kind install, rollback; null likewise
     * @param recoveries how often a recovery was tried in vain
     * @param holder what the process that works on it says of itself; null when none does
     */
    public record OpenOperation(
            @Nullable Long number,
            @Nullable String kind,
            @Nullable Instant since,
            int recoveries,
            Stage stage,
            @Nullable String holder) {

        /** What becomes of it. */
        public enum Stage {
            /** A process works on it right now. */
            UNDER_WAY,
            /** It was interrupted after the point of no return: a recovery finishes it. */
            TO_BE_FINISHED,
            /** It was interrupted before: a recovery takes it back. */
            TO_BE_TAKEN_BACK,
            /** Its journal cannot be read; a warning says why. */
            UNREADABLE
        }
    }

    /**
     * An operation that has ended.
     *
     * @param kind install, rollback
     * @param outcome as the history has it
     * @param succeeded whether it did what was asked for
     */
    public record EndedOperation(long number, String kind, Instant ended, String outcome, boolean succeeded) {}
}
