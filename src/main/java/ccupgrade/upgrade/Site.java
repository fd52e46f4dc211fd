package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.config.Config.LinkTo;
import ccupgrade.config.Deployment;
import ccupgrade.disk.Disk;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Misuse;
import ccupgrade.fault.Refused;
import ccupgrade.release.Authenticity;
import ccupgrade.release.Opening;
import ccupgrade.release.ReleaseInspector;
import ccupgrade.release.ReleaseStore;
import ccupgrade.release.ThisMachine;
import ccupgrade.saga.Journals;
import ccupgrade.service.Execution;
import ccupgrade.service.Health;
import ccupgrade.service.Hold;
import ccupgrade.service.Java;
import ccupgrade.service.Service;
import ccupgrade.service.Services;
import ccupgrade.service.SystemdUnits;
import ccupgrade.state.ArchiveVersion;
import ccupgrade.state.DatabaseFinder;
import ccupgrade.state.DatabaseReader;
import ccupgrade.state.OpenFiles;
import ccupgrade.state.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One deployment with everything that works on it. Making one opens nothing.
 *
 * @param scratch a directory that nobody else uses meanwhile; nothing in it outlives a command
 */
record Site(
        Deployment deployment,
        Surroundings surroundings,
        Path scratch,
        Journals journals,
        ReleaseStore releases,
        Service service,
        Hold hold,
        OpenFiles openFiles,
        DatabaseReader reader,
        SnapshotStore snapshots,
        Health health) {

    static Site of(Deployment deployment, Surroundings surroundings) {
        return of(deployment, surroundings, deployment.scratch());
    }

    /** For who holds no lock: shares no scratch file with an operation that is under way. */
    static Site toLookAt(Deployment deployment, Surroundings surroundings) {
        return of(deployment, surroundings, deployment.scratch().resolve("looking"));
    }

    private static Site of(Deployment deployment, Surroundings surroundings, Path scratch) {
        Disk disk = surroundings.disk();
        Clock clock = surroundings.clock();
        Path home = deployment.home();
        OpenFiles openFiles = new OpenFiles();
        DatabaseReader reader = new DatabaseReader(home, scratch, disk, openFiles);
        return new Site(
                deployment,
                surroundings,
                scratch,
                new Journals(deployment.operations(), disk, clock),
                new ReleaseStore(layout(deployment), disk, clock),
                Services.of(deployment, disk, clock, surroundings.processes(), surroundings.environment()),
                Services.hold(deployment, disk, surroundings.environment(), surroundings.root()),
                openFiles,
                reader,
                new SnapshotStore(deployment.snapshots(), home, disk, reader, clock),
                new Health(deployment, clock, surroundings.processes(), surroundings.environment()));
    }

    private static ReleaseStore.Layout layout(Deployment deployment) {
        Config.Releases config = deployment.config().releases();
        return new ReleaseStore.Layout(
                deployment.releases(), deployment.link(), config.linkTo() == LinkTo.DIRECTORY, config.executable());
    }

    Opening opening() {
        return new Opening(disk(), config().releases().executable());
    }

    ReleaseInspector inspector() {
        return new ReleaseInspector(
                ThisMachine.of(surroundings.environment().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin")));
    }

    Authenticity authenticity() {
        Config.Releases config = config().releases();
        return new Authenticity(
                config.keys().stream().map(deployment.home()::resolve).toList(), config.requireSignature());
    }

    /** What ccupgrade adds to systemd; only where that is the manager. */
    SystemdUnits systemdUnits() throws Misuse {
        return Services.units(deployment, disk(), surroundings.environment(), surroundings.root());
    }

    Config config() {
        return deployment.config();
    }

    Disk disk() {
        return surroundings.disk();
    }

    Clock clock() {
        return surroundings.clock();
    }

    /** The databases as they are found now, those that are named but absent included. */
    List<Path> databases() throws IOException {
        return DatabaseFinder.resolve(deployment.home(), config().state().databases());
    }

    /** The configuration files that are part of the state, whether they are there or not. */
    List<Path> files() {
        return config().state().files().stream().map(deployment.home()::resolve).toList();
    }

    /** The directory tree that has a version of its own; null where none is configured. */
    @Nullable
    Path archive() {
        Config.Archive archive = config().state().archive();
        return archive == null ? null : deployment.home().resolve(archive.path());
    }

    /** What it says of itself; empty also where there is none. */
    Optional<Long> archiveVersion() throws Failed, IOException {
        Config.Archive archive = config().state().archive();
        return archive == null
                ? Optional.empty()
                : ArchiveVersion.read(deployment.home().resolve(archive.path()), archive.versionFile());
    }

    /** How the service's processes run, and so what is run in its stead. */
    Execution execution() throws Fault, IOException, InterruptedException {
        return Services.execution(deployment, surroundings.environment());
    }

    /** The directory that a release is, else the one that its file lies in. */
    Path releaseDir(Path executable) {
        return releaseDir(executable, deployment.releases());
    }

    /** @param releases where releases lie */
    static Path releaseDir(Path executable, Path releases) {
        Path parent = Objects.requireNonNull(executable.toAbsolutePath().getParent());
        Path below = parent;
        while (below != null && !releases.equals(below.getParent())) {
            below = below.getParent();
        }
        return below == null ? parent : below;
    }

    /** The {@code java} that the configuration names; null when it names none. */
    @Nullable
    Path configuredJava() {
        Path java = config().service().java();
        return java == null ? null : deployment.home().resolve(java);
    }

    /**
     * What runs a release.
     *
     * @param release the file that is run
     * @param added to the environment that ccupgrade was started with
     */
    List<String> command(Path release, List<String> args, Map<String, String> added) throws Refused {
        Map<String, String> environment = new HashMap<>(surroundings.environment());
        environment.putAll(added);
        List<String> argv =
                new ArrayList<>(new Java(surroundings.environment()).run(release, configuredJava(), environment));
        argv.addAll(args);
        return argv;
    }

    /** A file of the deployment as a reader knows it. */
    String nameOf(Path file) {
        return file.startsWith(deployment.home())
                ? deployment.home().relativize(file).toString()
                : file.toString();
    }
}
