package ccupgrade.upgrade;

import ccupgrade.disk.LockFile;
import ccupgrade.fault.Fault;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.release.Release;
import ccupgrade.release.Verdict;
import ccupgrade.saga.Failure;
import ccupgrade.saga.Journal;
import ccupgrade.saga.Journals;
import ccupgrade.service.HealthCheck;
import ccupgrade.service.Status;
import ccupgrade.state.SchemaVersion;
import ccupgrade.upgrade.DeploymentStatus.ArchiveState;
import ccupgrade.upgrade.DeploymentStatus.DatabaseState;
import ccupgrade.upgrade.DeploymentStatus.DatabaseState.Presence;
import ccupgrade.upgrade.DeploymentStatus.EndedOperation;
import ccupgrade.upgrade.DeploymentStatus.FileState;
import ccupgrade.upgrade.DeploymentStatus.OpenOperation;
import ccupgrade.upgrade.DeploymentStatus.OpenOperation.Stage;
import ccupgrade.upgrade.DeploymentStatus.ServiceState;
import ccupgrade.upgrade.DeploymentStatus.ServiceState.State;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks at how a deployment stands. For one look: it gathers the warnings on its way. */
final class StatusOverview {

    private final Site site;
    private final List<String> warnings = new ArrayList<>();

    /** Found while an unfinished one was looked for. */
    private @Nullable EndedOperation lastOperation;

    StatusOverview(Site site) {
        this.site = site;
    }

    DeploymentStatus look() throws InterruptedException {
        OpenOperation operation = operation();
        Optional<Release> current = current();
        Status status = service();
        if (!isUnderWay(operation)) {
            warnAboutTheService(status, current);
        }
        HealthCheck.Probe health = status instanceof Status.Running ? health() : null;
        List<DatabaseState> databases = databases(current, operation);
        ArchiveState archive = archive();
        String live = databases.stream().allMatch(database -> database.presence() != Presence.UNREADABLE)
                ? schemaOf(databases, archive)
                : null;
        ListedRelease target = rollbackTarget();
        return new DeploymentStatus(
                site.config().name(),
                site.deployment().home(),
                site.config().service().manager(),
                site.config().service().unit(),
                current.map(release -> ListedRelease.of(release, true, false, live))
                        .orElse(null),
                state(status),
                health,
                databases,
                files(),
                archive,
                operation,
                lastOperation,
                target,
                warnings);
    }

    /** What looks wrong in the middle of an operation mostly is as it must be. */
    private static boolean isUnderWay(@Nullable OpenOperation operation) {
        return operation != null && operation.stage() == Stage.UNDER_WAY;
    }

    private Optional<Release> current() {
        try {
            Optional<Release> current = site.releases().current();
            current.filter(release -> release.record().verdict() == Verdict.BAD)
                    .ifPresent(release -> warnings.add(Words.format(
                            "the current release %s is marked bad%s",
                            release.label(),
                            release.record().reason() == null
                                    ? ""
                                    : ": " + release.record().reason())));
            return current;
        } catch (Fault | IOException e) {
            warnings.add(Overview.said(e));
            return Optional.empty();
        }
    }

    private @Nullable ListedRelease rollbackTarget() {
        try {
            return site.releases()
                    .rollbackTarget()
                    .map(release -> ListedRelease.of(
                            release,
                            false,
                            true,
                            Optional.ofNullable(release.record().schemaWhenLeft())
                                    .flatMap(Schemas::textOf)
                                    .orElse(null)))
                    .orElse(null);
        } catch (Fault | IOException e) {
            // The same that was said of the current release, which is asked for first.
            return null;
        }
    }

    private Status service() throws InterruptedException {
        try {
            return site.service().status();
        } catch (Fault | IOException e) {
            return new Status.Unknown(Overview.said(e));
        }
    }

    private static ServiceState state(Status status) {
        String text = Outcomes.describe(status);
        if (status instanceof Status.Running running) {
            return new ServiceState(
                    State.RUNNING,
                    running.pid(),
                    running.since(),
                    running.restarts(),
                    running.executable(),
                    List.of(),
                    text);
        }
        if (status instanceof Status.Leftover leftover) {
            return new ServiceState(State.LEFTOVER, null, null, 0, null, leftover.pids(), text);
        }
        State state = status instanceof Status.Stopped ? State.STOPPED : State.UNKNOWN;
        return new ServiceState(state, null, null, 0, null, List.of(), text);
    }

    private void warnAboutTheService(Status status, Optional<Release> current) {
        if (status instanceof Status.Leftover leftover) {
            warnings.add(Words.format(
                    "the service has ended, but processes that it started have not, and may have the databases open: %s;"
                            + " to end them: ccupgrade stop",
                    leftover.pids()));
        }
        if (status instanceof Status.Running running && current.isPresent()) {
            new RunningRelease(site)
                    .otherThan(current.get(), running)
                    .ifPresent(other -> warnings.add(Words.format(
                            "the service runs %s and not the current release %s; to run that: ccupgrade stop, then ccupgrade start",
                            site.nameOf(other), current.get().label())));
        }
    }

    private HealthCheck.@Nullable Probe health() throws InterruptedException {
        try {
            return site.health().probe(site.service(), site.config().health());
        } catch (Fault | IOException e) {
            warnings.add("the health of the service is not known: " + Overview.said(e));
            return null;
        }
    }

    private List<DatabaseState> databases(Optional<Release> current, @Nullable OpenOperation operation) {
        List<DatabaseState> states = new ArrayList<>();
        try {
            for (Path database : site.databases()) {
                DatabaseState state = database(database);
                states.add(state);
                if (!isUnderWay(operation)) {
                    warnAbout(state, current, operation);
                }
            }
        } catch (IOException e) {
            warnings.add("the databases are not known: " + Overview.said(e));
        }
        return states;
    }

    private List<FileState> files() {
        return site.files().stream()
                .map(file -> new FileState(site.nameOf(file), Files.exists(file)))
                .toList();
    }

    private @Nullable ArchiveState archive() {
        Path archive = site.archive();
        if (archive == null) {
            return null;
        }
        String name = site.nameOf(archive);
        try {
            return new ArchiveState(
                    name, Files.isDirectory(archive), site.archiveVersion().orElse(null), null);
        } catch (Fault | IOException e) {
            return new ArchiveState(name, true, null, Overview.said(e));
        }
    }

    private DatabaseState database(Path database) {
        String name = site.nameOf(database);
        try {
            Optional<SchemaVersion> read = site.reader().schema(database);
            if (read.isEmpty()) {
                // What may not be looked for is not absent.
                return Files.notExists(database)
                        ? new DatabaseState(name, Presence.ABSENT, null, null, null, null, false, null)
                        : unreadable(name, "permission denied on its directory");
            }
            SchemaVersion schema = read.get();
            Path real = database.toRealPath();
            return new DatabaseState(
                    name,
                    Presence.PRESENT,
                    Files.size(real),
                    sizeOfLog(real),
                    schema.text(),
                    schema.kind(),
                    schema.dirty(),
                    null);
        } catch (Fault | IOException e) {
            return unreadable(name, Overview.said(e));
        }
    }

    private static DatabaseState unreadable(String name, String why) {
        return new DatabaseState(name, Presence.UNREADABLE, null, null, null, null, false, why);
    }

    private static @Nullable Long sizeOfLog(Path real) {
        try {
            return Files.size(real.resolveSibling(real.getFileName() + "-wal"));
        } catch (IOException e) {
            // Mostly there is none; it may also go at any moment.
            return null;
        }
    }

    private void warnAbout(DatabaseState state, Optional<Release> current, @Nullable OpenOperation operation) {
        if (state.dirty()) {
            warnings.add(Words.format(
                    "%s is dirty: a migration of it began and did not end, so its schema is between two versions; %s",
                    state.name(),
                    operation == null
                            ? "an install is refused until it is restored, or repaired as the program's documentation says"
                            : "first end what was interrupted: ccupgrade recover"));
        }
        if (state.presence() == Presence.ABSENT && current.isPresent()) {
            warnings.add(Words.format(
                    "%s is not there, though a release is installed that works on it; restore it, or correct databases in [state]",
                    state.name()));
        }
    }

    private static @Nullable String schemaOf(List<DatabaseState> databases, @Nullable ArchiveState archive) {
        String schema = schemaOf(databases);
        return schema == null || archive == null || archive.version() == null
                ? schema
                : schema + ", archive " + archive.version();
    }

    private static @Nullable String schemaOf(List<DatabaseState> databases) {
        if (databases.size() == 1) {
            return databases.get(0).schema();
        }
        return databases.isEmpty()
                ? null
                : databases.stream()
                        .map(database -> database.name() + " "
                                + (database.presence() == Presence.ABSENT ? "absent" : database.schema()))
                        .collect(Collectors.joining(", "));
    }

    @Nullable
    OpenOperation operation() {
        // The lock before and after: an operation may begin or end in between, and is no interrupted one.
        String before = holder();
        Optional<Journal> newest;
        try {
            newest = site.journals().newest();
        } catch (NeedsOperator | IOException e) {
            warnings.add(Overview.said(e));
            return new OpenOperation(null, null, null, 0, Stage.UNREADABLE, before);
        }
        Optional<Journal> open = newest.filter(Journals::isOpen);
        String holder = before == null && open.isPresent() ? holder() : before;
        if (open.isPresent()) {
            return describe(open.get(), holder);
        }
        if (holder != null) {
            return new OpenOperation(null, null, null, 0, Stage.UNDER_WAY, holder);
        }
        lastOperation = newest.map(StatusOverview::ended).orElse(null);
        return null;
    }

    private static EndedOperation ended(Journal journal) {
        return new EndedOperation(
                Journals.numberOf(journal),
                journal.kind(),
                journal.entries().get(journal.entries().size() - 1).at(),
                History.outcome(journal),
                journal.isCommitted());
    }

    /** What is still open when it is over. For who holds the lock: to look at its file would give it up. */
    @Nullable
    OpenOperation leftOpen() {
        try {
            return site.journals()
                    .open()
                    .map(journal -> describe(journal, null))
                    .orElse(null);
        } catch (NeedsOperator | IOException e) {
            warnings.add(Overview.said(e));
            return new OpenOperation(null, null, null, 0, Stage.UNREADABLE, null);
        }
    }

    /** @param holder who works on it; null when nobody does */
    static OpenOperation describe(Journal journal, @Nullable String holder) {
        Stage stage = holder != null
                ? Stage.UNDER_WAY
                : journal.isCommitted() ? Stage.TO_BE_FINISHED : Stage.TO_BE_TAKEN_BACK;
        return new OpenOperation(
                Journals.numberOf(journal), journal.kind(), journal.began(), journal.recoveries(), stage, holder);
    }

    private @Nullable String holder() {
        Path lock = site.deployment().lock();
        if (Files.notExists(lock)) {
            return null;
        }
        try {
            return LockFile.holder(lock);
        } catch (IOException e) {
            String line = "whether an operation is under way is not known: " + Failure.messageOf(e);
            if (!warnings.contains(line)) {
                warnings.add(line);
            }
            return null;
        }
    }
}
