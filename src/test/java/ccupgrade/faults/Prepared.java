package ccupgrade.faults;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scenario ready to be tried: the deployment to copy, and what a run gives to which nothing happens.
 *
 * @param end what it comes to when nothing happens to it; a recovery must always come to that
 * @param promised of a recovery: the row promised last before the kill; otherwise empty
 * @param kept of a rollback that puts the state back: the last row of that state; otherwise empty
 * @param journal of the operation, in the end
 * @param steps which line of the journal was written last, at each point
 */
record Prepared(
        Scenario scenario,
        Path template,
        State old,
        State fresh,
        State end,
        String promised,
        String kept,
        List<Point> points,
        List<String> steps,
        List<String> journal) {

    /**
     * Runs what is installed before, and then the command twice, to see that it has the same points each time.
     *
     * @param before of a recovery: the scenario that is interrupted
     */
    static Prepared of(Scenario scenario, Sandbox sandbox, Bench bench, @Nullable Prepared before)
            throws IOException, InterruptedException, SQLException {
        Path template = bench.root.resolve("template-" + scenario.word());
        if (before != null) {
            return ofInterrupted(scenario, before, sandbox, template);
        }
        sandbox.empty(scenario);
        for (String sample : scenario.installed) {
            require(0, sandbox.run("install", "@" + sample));
        }
        if (!scenario.installed.isEmpty()) {
            require(0, sandbox.run("stop"));
        }
        Bench.copy(sandbox.home, template);
        State old = State.of(sandbox.home, scenario.sample);
        return measured(scenario, sandbox, template, old, null, "", scenario.givesUpRows() ? keptRow(template) : "");
    }

    private static Prepared ofInterrupted(Scenario scenario, Prepared before, Sandbox sandbox, Path template)
            throws IOException, InterruptedException, SQLException {
        Scenario interrupted = before.scenario();
        int at = scenario.killAt(before.points(), before.journal());
        sandbox.load(before.template(), interrupted);
        sandbox.startService();
        Command.Result killed =
                sandbox.runWith(Orders.killAll(interrupted.who, at), interrupted.command.toArray(String[]::new));
        require(137, killed);
        String promised = sandbox.promised();
        Bench.killBelow(sandbox.home);
        Bench.copy(sandbox.home, template);
        return measured(scenario, sandbox, template, before.old(), before.fresh(), promised, before.kept());
    }

    private static Prepared measured(
            Scenario scenario,
            Sandbox sandbox,
            Path template,
            State old,
            @Nullable State fresh,
            String promised,
            String kept)
            throws IOException, InterruptedException, SQLException {
        List<Point> first = List.of();
        for (int run = 0; run < 2; run++) {
            sandbox.load(template, scenario);
            if (scenario.beginsRunning()) {
                sandbox.startService();
            }
            require(
                    scenario.exit,
                    sandbox.runWith(Orders.count(scenario.who), scenario.command.toArray(String[]::new)));
            List<Point> points = sandbox.points();
            if (run == 1 && first.size() != points.size()) {
                System.out.println(scenario.word() + ": " + first.size() + " points in one run, " + points.size()
                        + " in the other");
            }
            first = points;
        }
        State after = State.of(sandbox.home, scenario.sample);
        List<String> journal = sandbox.journal();
        return new Prepared(
                scenario,
                template,
                old,
                fresh == null ? after : fresh,
                after,
                promised,
                kept,
                List.copyOf(first),
                steps(first, journal),
                journal);
    }

    /** The last row in the state that a rollback goes back to. */
    private static String keptRow(Path template) throws IOException, SQLException {
        for (Path database : databases(template, ".*-before-.*")) {
            return State.lastRow(database);
        }
        throw new IOException("no snapshot to go back to in " + template);
    }

    /** The databases in the snapshots of that name, the newest first. */
    static List<Path> databases(Path home, String snapshot) throws IOException {
        Path snapshots = home.resolve(".ccupgrade/snapshots");
        if (!Files.exists(snapshots)) {
            return List.of();
        }
        try (var all = Files.walk(snapshots)) {
            return all.filter(file -> Files.isRegularFile(file)
                            && file.getFileName().toString().matches(".*jobs\\.db(\\.zst)?")
                            && snapshots.relativize(file).getName(0).toString().matches(snapshot))
                    .sorted(java.util.Comparator.reverseOrder())
                    .map(Prepared::unpacked)
                    .toList();
        }
    }

    /** A settled snapshot is compressed; beside it, it can be opened. */
    private static Path unpacked(Path file) {
        if (!file.toString().endsWith(".zst")) {
            return file;
        }
        Path out = file.resolveSibling(file.getFileName() + ".out");
        try (InputStream in = new ZstdInputStream(Files.newInputStream(file))) {
            Files.copy(in, out, StandardCopyOption.REPLACE_EXISTING);
            return out;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> steps(List<Point> points, List<String> journal) {
        int first = journal.size()
                - (int) points.stream().filter(Scenario::isJournal).count();
        List<String> steps = new ArrayList<>();
        int line = Math.max(0, first);
        for (Point point : points) {
            steps.add(line == 0 ? "" : words(journal.get(line - 1)));
            if (Scenario.isJournal(point) && line < journal.size()) {
                line++;
            }
        }
        return steps;
    }

    private static String words(String line) {
        return line.replaceAll(".*\"event\":\"([^\"]*)\".*", "$1")
                + (line.contains("\"step\":\"") ? " " + line.replaceAll(".*\"step\":\"([^\"]*)\".*", "$1") : "");
    }

    /** Those at which a fault is something of its own. */
    List<Integer> numbers(Mode mode) {
        return points.stream()
                .filter(point -> mode != Mode.KILL || !point.isLikeNext())
                .map(Point::number)
                .toList();
    }

    String step(int number) {
        return scenario.who == Orders.Who.TOOL ? steps.get(number - 1) : "migration";
    }

    private static void require(int exit, Command.Result result) throws IOException {
        if (result.exit() != exit) {
            throw new IOException("expected exit code " + exit + ": " + result.all());
        }
    }
}
