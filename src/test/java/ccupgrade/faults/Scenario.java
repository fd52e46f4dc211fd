package ccupgrade.faults;

import ccupgrade.faults.Orders.Who;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One command on one deployment.
 *
 * <p>A recovery's deployment is one in which another scenario was killed; its {@code interrupted} says which.
 */
enum Scenario {
    /** Copy, migrate, flip, start. */
    INSTALL(Sample.PROGRAM, List.of("1.1"), Who.TOOL, 0, "install", "@2.0"),
    /** The migration itself under fire; ccupgrade lives on. */
    MIGRATION(Sample.PROGRAM, List.of("1.1"), Who.MIGRATION, 0, "install", "@2.0"),
    /** The migration fails, so that the state is put back. */
    TAKEN_BACK(Sample.PROGRAM, List.of("1.1", "2.0"), Who.TOOL, 4, "install", "@3.0-half"),
    /** Migrates and starts well, but is never healthy: everything has to be undone. */
    UNHEALTHY(Sample.PROGRAM, List.of("1.1", "2.0"), Who.TOOL, 4, "install", "@3.0-unhealthy"),
    /** Back to an older schema, with the state of then. */
    ROLLBACK(Sample.PROGRAM, List.of("1.1", "2.0"), Who.TOOL, 0, "rollback", "--accept-data-loss"),
    ROLLBACK_LINK(Sample.PROGRAM, List.of("1.0", "1.1"), Who.TOOL, 0, "rollback"),
    /** Nothing is there yet. */
    FIRST(Sample.PROGRAM, List.of(), Who.TOOL, 0, "install", "@1.1"),
    START(Sample.PROGRAM, List.of("1.1"), Who.TOOL, 0, "start"),
    STOP(Sample.PROGRAM, List.of("1.1"), Who.TOOL, 0, "stop"),
    /** Releases and snapshots go. */
    PRUNE(
            Sample.PROGRAM,
            List.of("1.0", "1.1", "2.0", "2.1"),
            Who.TOOL,
            0,
            "prune",
            "-y",
            "--releases=1",
            "--snapshots=1"),
    /** A release that is a directory, a configuration file and an archive that is migrated, too. */
    WHOLE(Sample.WHOLE, List.of("1.1"), Who.TOOL, 0, "install", "@2.0", "--replace", "config.json=@config"),
    /** The archive's migration under fire. */
    WHOLE_MIGRATION(
            Sample.WHOLE, List.of("1.1"), Who.MIGRATION, 0, "install", "@2.0", "--replace", "config.json=@config"),
    /** The archive's migration fails half-way: database, file and archive are put back. */
    WHOLE_TAKEN_BACK(
            Sample.WHOLE, List.of("1.1"), Who.TOOL, 4, "install", "@2.0-half", "--replace", "config.json=@config"),
    WHOLE_ROLLBACK(Sample.WHOLE, List.of("1.1", "2.0"), Who.TOOL, 0, "rollback", "--accept-data-loss"),
    /** As {@link #INSTALL}, with a jar and Flyway. */
    INSTALL_JAR(Sample.JAR, List.of("1.1"), Who.TOOL, 0, "install", "@2.0"),
    /** ccupgrade and the migration died in the middle of the migration. */
    RECOVER_MIGRATE(MIGRATION),
    /** The link was just replaced. */
    RECOVER_ACTIVATE(INSTALL),
    /** The point of no return was just passed. */
    RECOVER_COMMIT(INSTALL),
    /** The old state was just renamed into place. */
    RECOVER_RESTORE(ROLLBACK),
    /** Database, file and archive are new, and the link was just replaced. */
    RECOVER_WHOLE(WHOLE);

    final Sample sample;

    /** What is installed before, in this order. */
    final List<String> installed;

    /** Whose calls count. */
    final Who who;

    /** What the command ends with when nothing happens to it. */
    final int exit;

    /** {@code @NAME} stands for a release, {@code @config} for another configuration file. */
    final List<String> command;

    final @Nullable Scenario interrupted;

    Scenario(Sample sample, List<String> installed, Who who, int exit, String... command) {
        this.sample = sample;
        this.installed = installed;
        this.who = who;
        this.exit = exit;
        this.command = List.of(command);
        this.interrupted = null;
    }

    Scenario(Scenario interrupted) {
        this.sample = interrupted.sample;
        this.installed = List.of();
        this.who = Who.TOOL;
        this.exit = 0;
        this.command = List.of("recover");
        this.interrupted = interrupted;
    }

    /** Where the one before is killed for this one: a rule over its points and its journal, not a number. */
    int killAt(List<Point> points, List<String> journal) {
        return switch (this) {
            case RECOVER_MIGRATE -> points.size() / 2;
            case RECOVER_ACTIVATE, RECOVER_WHOLE -> after(points, "rename", "/releases/current");
            case RECOVER_RESTORE -> after(points, "rename", "/var/jobs.db");
            case RECOVER_COMMIT -> {
                int commit = 0;
                while (!journal.get(commit).contains("\"event\":\"commit\"")) {
                    commit++;
                }
                List<Point> writes = points.stream().filter(Scenario::isJournal).toList();
                // After the record and its fsync.
                yield writes.get(commit).number() + 2;
            }
            default -> throw new IllegalStateException(this + " begins with nothing interrupted");
        };
    }

    static boolean isJournal(Point point) {
        return point.call().equals("write") && point.path().endsWith("/journal.jsonl");
    }

    private static int after(List<Point> points, String call, String path) {
        return points.stream()
                        .filter(point ->
                                point.call().equals(call) && point.path().equals(path))
                        .findFirst()
                        .orElseThrow()
                        .number()
                + 1;
    }

    boolean isRecovery() {
        return interrupted != null;
    }

    /** Whether the service runs when the command begins. */
    boolean beginsRunning() {
        // Past the point of no return the service runs, and the kill does not reach it.
        return this == RECOVER_COMMIT || (!isRecovery() && this != FIRST && this != START);
    }

    /** Whether either will do in the end, for the service. */
    boolean maybeStopped() {
        return this == START || this == STOP;
    }

    boolean givesUpRows() {
        return this == ROLLBACK || this == WHOLE_ROLLBACK || this == RECOVER_RESTORE;
    }

    /** Whether a trial waits most of its time, and so leaves the processors to others. */
    boolean isIdle() {
        return this == UNHEALTHY;
    }

    /** Long enough for a loaded machine, and short where it passes in vain. */
    String healthTimeout() {
        return this == UNHEALTHY ? "2s" : "20s";
    }

    /** @throws IllegalArgumentException when there is none of that name */
    static Scenario of(String word) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no scenario " + word + "; there are: "
                        + Arrays.stream(values()).map(Scenario::word).toList()));
    }

    /** As on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
