package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.service.CommandRunner;
import ccupgrade.service.Execution;
import ccupgrade.service.Health.Healthy;
import ccupgrade.service.HealthCheck;
import ccupgrade.service.HttpCheck;
import ccupgrade.service.Placeholders;
import ccupgrade.service.TcpCheck;
import ccupgrade.service.Trial;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The release itself, started on the copy beside the service, as {@code [rehearsal]} says: does it get well, and how soon. */
final class RehearsedStart {

    /** A port that nobody has refuses at once. */
    private static final Duration STRANGER_LIMIT = Duration.ofSeconds(1);

    /** The name of the kept output in the operation's directory. */
    private static final String OUTPUT = "start.log";

    private final Site site;
    private final Config.Rehearsal config;
    private final long operation;

    RehearsedStart(Site site, long operation) {
        this.site = site;
        this.config = site.config().rehearsal();
        this.operation = operation;
    }

    boolean isAsked() {
        return config.starts();
    }

    /** Whether a release can be rehearsed at all: one that migrates when it starts has to be started for it. */
    boolean isPossible() {
        return config.starts() || !site.config().migrations().atStart();
    }

    /** Another's answer would prove nothing, and the release could not listen there. */
    void refuseTaken() throws Refused {
        Config.Address address = config.address();
        if (address != null && new TcpCheck(address).probe(STRANGER_LIMIT).healthy()) {
            throw new Refused(
                    "cannot rehearse: at " + address
                            + " something answers already, before the release is started there",
                    "end what listens there, or let [rehearsal] name another port");
        }
    }

    /**
     * Starts it, waits until it has been healthy for as long as an install watches it, and ends it, whatever comes of it.
     *
     * @param release as the release itself is to be called there
     * @param timeout from the start to the first healthy answer
     * @return how long that took
     */
    Duration run(StandIn stage, Path release, Duration timeout, Progress progress)
            throws Fault, IOException, InterruptedException {
        refuseTaken();
        // Whatever else the release writes must not become root's.
        Execution execution = site.execution();
        Map<String, String> environment = new HashMap<>(execution.environment());
        environment.putAll(config.environment());
        List<String> argv = execution.command(site.command(release, config.args(), environment));
        Trial trial = new Trial(
                new CommandRunner.Command(
                        "the release on the copy",
                        stage.argv(argv, execution.directory()),
                        stage.workingDirectory(execution.directory()),
                        environment,
                        CommandRunner.marker(site.deployment().home(), operation),
                        site.deployment().operation(operation).resolve(OUTPUT),
                        timeout),
                site.config().service().stopTimeout(),
                site.disk(),
                site.surroundings().processes(),
                site.surroundings().environment());
        Config.Health times = new Config.Health(
                config.http(),
                config.tcp(),
                config.command(),
                timeout,
                site.config().health().stable());
        try {
            Instant began = site.clock().instant();
            trial.start(release);
            Healthy healthy = site.health().await(trial, release, check(trial, stage, release), times, progress);
            return Duration.between(began, healthy.first());
        } catch (InterruptedException e) {
            // Who interrupts does not wait for its end.
            new MigrationCommand(site, operation).killLeftovers();
            throw e;
        } finally {
            trial.stop();
        }
    }

    /** A command, too, sees the copy in the place of the home: it may open the databases. */
    private HealthCheck check(Trial trial, StandIn stage, Path release)
            throws Fault, IOException, InterruptedException {
        if (config.http() != null) {
            return new HttpCheck(config.http());
        }
        if (config.tcp() != null) {
            return new TcpCheck(config.tcp());
        }
        List<String> argv = Placeholders.expand(
                "command in [rehearsal]",
                config.command(),
                Map.of(
                        "release",
                        release.toString(),
                        "home",
                        stage.seenHome().toString(),
                        "name",
                        site.config().name()));
        return trial.check(argv.get(0), stage.argv(argv, site.deployment().home()));
    }
}
