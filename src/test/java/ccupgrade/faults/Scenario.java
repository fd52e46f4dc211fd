package ccupgrade.faults;

import ccupgrade.sample.SampleJars;
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
    INSTALL(List.of("jobs-1.1"), "tool", 0, install("jobs-2.0")),
    /** The migration itself under fire; ccupgrade lives on. */
    MIGRATION(List.of("jobs-1.1"), "migration", 0, install("jobs-2.0")),
    /** The migration fails, so that the state is put back. */
    TAKEN_BACK(List.of("jobs-1.1", "jobs-2.0"), "tool", 4, install("jobs-3.0-half")),
    /** Migrates and starts well, but is never healthy: everything has to be undone. */
    UNHEALTHY(List.of("jobs-1.1", "jobs-2.0"), "tool", 4, install("jobs-3.0-unhealthy")),
    /** Back to an older schema, with the state of then. */
    ROLLBACK(List.of("jobs-1.1", "jobs-2.0"), "tool", 0, "rollback", "--accept-data-loss"),
    ROLLBACK_LINK(List.of("jobs-1.0", "jobs-1.1"), "tool", 0, "rollback"),
    /** Nothing is there yet. */
    FIRST(List.of(), "tool", 0, install("jobs-1.1")),
    START(List.of("jobs-1.1"), "tool", 0, "start"),
    STOP(List.of("jobs-1.1"), "tool", 0, "stop"),
    /** ccupgrade and the migration died in the middle of the migration. */
    RECOVER_MIGRATE(MIGRATION),
    /** The link was just replaced. */
    RECOVER_ACTIVATE(INSTALL),
    /** The point of no return was just passed. */
    RECOVER_COMMIT(INSTALL),
    /** The old state was just renamed into place. */
    RECOVER_RESTORE(ROLLBACK);

    /** What is installed before, in this order. */
    final List<String> installed;

    /** Whose calls count, as the shim is told. */
    final String who;

    /** What the command ends with when nothing happens to it. */
    final int exit;

    final List<String> command;
    final @Nullable Scenario interrupted;

    Scenario(List<String> installed, String who, int exit, String... command) {
        this.installed = installed;
        this.who = who;
        this.exit = exit;
        this.command = List.of(command);
        this.interrupted = null;
    }

    Scenario(Scenario interrupted) {
        this.installed = List.of();
        this.who = "tool";
        this.exit = 0;
        this.command = List.of("recover");
        this.interrupted = interrupted;
    }

    private static String[] install(String sample) {
        return new String[] {"install", SampleJars.jar(sample).toString()};
    }

    /** Where the one before is killed for this one: a rule over its points and its journal, not a number. */
    int killAt(List<Point> points, List<String> journal) {
        return switch (this) {
            case RECOVER_MIGRATE -> points.size() / 2;
            case RECOVER_ACTIVATE -> after(points, "rename", "/releases/current");
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
        return this == ROLLBACK || this == RECOVER_RESTORE;
    }

    /** Whether a trial waits most of its time, and so leaves the processors to others. */
    boolean isIdle() {
        return this == UNHEALTHY;
    }

    /** Long enough for a loaded machine, and short where it passes in vain. */
    String healthTimeout() {
        return this == UNHEALTHY ? "4s" : "20s";
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
