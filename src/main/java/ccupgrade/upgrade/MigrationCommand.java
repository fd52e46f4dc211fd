package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.saga.Facts;
import ccupgrade.service.CommandRunner;
import ccupgrade.service.Execution;
import ccupgrade.service.Placeholders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The release's migrations as commands: which are to be run, and what is run of each. */
final class MigrationCommand {

    /** The name of the kept output of the only migration in the operation's directory; of several, it has theirs in it. */
    private static final String OUTPUT = "migration.log";

    private final Site site;
    private final Config.Migrations config;
    private final CommandRunner runner;
    private final long operation;

    MigrationCommand(Site site, long operation) {
        this.site = site;
        this.config = site.config().migrations();
        this.operation = operation;
        this.runner = new CommandRunner(
                site.disk(),
                site.surroundings().processes(),
                site.surroundings().environment());
    }

    /**
     * By what names a migration is to know the release and the state.
     *
     * @param release what is run of it
     * @param archive null where there is none
     */
    record Names(
            Path release,
            Path releaseDir,
            Path home,
            List<Path> databases,
            @Nullable Path archive) {}

    /** By their own names. */
    Names names(Path release) throws IOException {
        return new Names(release, site.releaseDir(release), site.deployment().home(), site.databases(), site.archive());
    }

    /** In the order in which they are run. When nobody can tell what is pending, all are: one that has nothing to do does nothing. */
    List<Config.Migration> due(Facts facts) {
        String due = facts.get(Fact.DUE);
        if (due != null) {
            List<String> names = List.of(due.split(","));
            return config.steps().stream()
                    .filter(step -> names.contains(step.name()))
                    .toList();
        }
        boolean nothing =
                facts.number(Fact.PENDING).map(pending -> pending == 0).orElse(false);
        return nothing ? List.of() : config.steps();
    }

    /** As {@link Fact#DUE} has them. */
    static String text(List<Config.Migration> due) {
        return due.stream().map(Config.Migration::name).collect(Collectors.joining(","));
    }

    boolean isDue(Facts facts) {
        return !due(facts).isEmpty();
    }

    String whyNotDue() {
        return config.atStart() ? "the release migrates when it starts" : "nothing to migrate";
    }

    /** For a reader: {@code migrating}, or which of several it is. */
    String progress(Config.Migration step, List<Config.Migration> due) {
        if (config.steps().size() == 1) {
            return "";
        }
        return due.size() == 1
                ? " " + step.name()
                : " " + step.name() + ", " + (due.indexOf(step) + 1) + " of " + due.size();
    }

    /** For a message, what a migration is of; nothing where there is only one. */
    String called(Config.Migration step) {
        if (config.steps().size() == 1) {
            return "";
        }
        boolean only =
                config.steps().stream().filter(each -> each.of() == step.of()).count() == 1;
        return " " + VersionsGate.called(step.of()) + (only ? "" : " (" + step.name() + ")");
    }

    /** @param what for a reader */
    CommandRunner.Result run(
            String what,
            Config.Migration step,
            List<String> argv,
            Execution execution,
            Path directory,
            Duration limit,
            Progress progress)
            throws Fault, IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>(execution.environment());
        environment.putAll(step.environment());
        return runner.run(
                new CommandRunner.Command(
                        what, argv, directory, environment, marker(), output(step), limit, step.stdin()),
                progress);
    }

    /** What is run, by the account that the service runs as. */
    List<String> argv(Config.Migration step, Names names, Execution execution) throws Fault {
        if (step.command().isEmpty()) {
            Map<String, String> environment = new HashMap<>(execution.environment());
            environment.putAll(step.environment());
            return execution.command(site.command(names.release(), step.args(), environment));
        }
        Map<String, String> values = new HashMap<>(Map.of(
                "release", names.release().toString(),
                "release-dir", names.releaseDir().toString(),
                "home", names.home().toString(),
                "name", site.config().name()));
        if (!names.databases().isEmpty()) {
            values.put("database", names.databases().get(0).toString());
        }
        if (names.archive() != null) {
            values.put("archive", names.archive().toString());
        }
        return execution.command(Placeholders.expand("command in [migration]", step.command(), values));
    }

    /** Ends what a migration of this operation has left behind, also one that an earlier ccupgrade started. */
    void killLeftovers() throws Failed, IOException, InterruptedException {
        runner.killLeftovers(marker());
    }

    /** What of this operation's migrations is running. */
    Set<Long> processes() throws IOException {
        return runner.processes(marker());
    }

    /** Bytes of files that its processes have open and that have no name any more, as SQLite's temporary ones. */
    long temporaryBytes() throws IOException {
        Map<Object, Long> files = new HashMap<>();
        for (long pid : processes()) {
            files.putAll(DeletedFiles.of(pid));
        }
        return files.values().stream().mapToLong(Long::longValue).sum();
    }

    private String marker() {
        return CommandRunner.marker(site.deployment().home(), operation);
    }

    private Path output(Config.Migration step) {
        String name = config.steps().size() == 1 ? OUTPUT : OUTPUT.replace(".", "-" + step.name() + ".");
        return site.deployment().operation(operation).resolve(name);
    }

    /** What the migrations of an operation said, as it was kept: a file each, in the order in which they were run. */
    static List<Path> outputs(Path operation) throws IOException {
        if (!Files.isDirectory(operation)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(operation)) {
            List<Path> outputs = new ArrayList<>(
                    files.filter(file -> file.getFileName().toString().matches("migration(-[A-Za-z0-9_-]+)?\\.log"))
                            .toList());
            outputs.sort(Comparator.comparing((Path file) -> file.toFile().lastModified())
                    .thenComparing(Comparator.naturalOrder()));
            return outputs;
        }
    }
}
