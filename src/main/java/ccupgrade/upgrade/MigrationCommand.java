package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.ledger.RehearsalEntry;
import ccupgrade.saga.Facts;
import ccupgrade.service.CommandRunner;
import ccupgrade.service.Placeholders;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The release's migration as a command: what is run, and whether there is anything to run. */
final class MigrationCommand {

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

    /** When nobody can tell what is pending, the release is asked: a migration command does nothing when there is nothing to do. */
    boolean isDue(Facts facts) {
        // What is embedded in a release tells nothing of an archive.
        return StateScope.isArchiveDue(site.config(), facts.get(Fact.DUE))
                || !config.atStart()
                        && facts.number(Fact.PENDING)
                                .map(pending -> pending > 0)
                                .orElse(true);
    }

    String whyNotDue(Facts facts) {
        return config.atStart() ? "the release migrates when it starts" : "nothing is pending";
    }

    /** @param rehearsal how it went on a copy: for whoever waits, and for the limit; null when it was not tried */
    CommandRunner.Result run(Path release, @Nullable RehearsalEntry rehearsal, Progress progress)
            throws Fault, IOException, InterruptedException {
        List<String> argv = argv(release, site.deployment().home(), site.databases());
        if (rehearsal == null) {
            return run("migrating", argv, site.deployment().home(), timeout(), progress);
        }
        String what = "migrating, of about " + Words.wholeSeconds(rehearsal.migrate());
        Duration ample = rehearsal.migrate().multipliedBy(3);
        Duration limit = ample.compareTo(timeout()) > 0 ? ample : timeout();
        return run(what, argv, site.deployment().home(), limit, progress);
    }

    /** How long it may take. */
    Duration timeout() {
        return config.steps().get(0).timeout();
    }

    /** @param what for a reader */
    CommandRunner.Result run(String what, List<String> argv, Path directory, Duration limit, Progress progress)
            throws Fault, IOException, InterruptedException {
        return runner.run(
                new CommandRunner.Command(
                        what, argv, directory, site.config().service().environment(), marker(), output(), limit),
                progress);
    }

    /** With the release, the home and the databases by the names that the migration is to know them by. */
    List<String> argv(Path release, Path home, List<Path> databases) throws Fault {
        Config.Migration step = config.steps().get(0);
        if (!step.command().isEmpty()) {
            Map<String, String> values = new HashMap<>(Map.of(
                    "release", release.toString(),
                    "home", home.toString(),
                    "name", site.config().name()));
            if (!databases.isEmpty()) {
                values.put("database", databases.get(0).toString());
            }
            return Placeholders.expand("command in [migration]", step.command(), values);
        }
        return site.javaCommand(release, step.args(), site.config().service().environment());
    }

    /** Ends what a migration of this operation has left behind, also one that an earlier ccupgrade started. */
    void killLeftovers() throws Failed, IOException, InterruptedException {
        runner.killLeftovers(marker());
    }

    /** What of this operation's migration is running. */
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

    private Path output() {
        return site.deployment().operation(operation).resolve(OUTPUT);
    }

    /** The name of the kept output in the operation's directory. */
    static final String OUTPUT = "migration.log";
}
