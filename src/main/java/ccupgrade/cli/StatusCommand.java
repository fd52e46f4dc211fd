package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.service.HealthCheck;
import ccupgrade.state.VersionKind;
import ccupgrade.upgrade.DeploymentStatus;
import ccupgrade.upgrade.DeploymentStatus.ArchiveState;
import ccupgrade.upgrade.DeploymentStatus.DatabaseState;
import ccupgrade.upgrade.DeploymentStatus.EndedOperation;
import ccupgrade.upgrade.DeploymentStatus.OpenOperation;
import ccupgrade.upgrade.DeploymentStatus.ServiceState;
import ccupgrade.upgrade.ListedRelease;
import ccupgrade.upgrade.Overview;
import ccupgrade.words.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade status}. */
public final class StatusCommand implements Declared {

    private final Console console;
    private final Session session;

    public StatusCommand(Console console, Session session) {
        this.console = console;
        this.session = session;
    }

    @Override
    public CommandSpec declare() {
        return command(
                "status",
                "tell how the deployment stands: what runs, is it healthy, its databases, what was interrupted",
                "",
                "Only looks. The exit code is 0 whatever it finds, also when the service is stopped or an operation was interrupted:"
                        + " programs read that with -o json.");
    }

    @Override
    public ExitCode call() throws Fault, InterruptedException {
        DeploymentStatus status = new Overview(session.deployment(), session.surroundings()).status();
        status.warnings().forEach(console::warn);
        if (console.isJson()) {
            console.json("status", status);
            return ExitCode.DONE;
        }
        Pairs pairs = new Pairs();
        pairs.add(Style.BOLD, "deployment", status.name() + " in " + status.home());
        pairs.add("release", release(status.current()));
        ServiceState service = status.service();
        pairs.add(styleOf(service), "service", service(service) + ", " + manager(status));
        HealthCheck.Probe health = status.health();
        if (health != null) {
            pairs.add(
                    health.healthy() ? Style.GOOD : Style.BAD,
                    "health",
                    (health.healthy() ? "healthy: " : "not healthy: ") + health.seen());
        }
        if (status.databases().isEmpty()) {
            pairs.add("database", "none found");
        }
        for (DatabaseState database : status.databases()) {
            pairs.add(styleOf(database), "database", database(database));
        }
        if (!status.files().isEmpty()) {
            pairs.add(
                    "files",
                    status.files().stream()
                            .map(file -> file.name() + (file.present() ? "" : " (not there)"))
                            .collect(Collectors.joining(", ")));
        }
        ArchiveState archive = status.archive();
        if (archive != null) {
            pairs.add(archive.why() == null ? Style.PLAIN : Style.BAD, "archive", archive(archive));
        }
        OpenOperation operation = status.operation();
        pairs.add(operation == null ? Style.PLAIN : Style.WARNING, "operation", operation(operation));
        EndedOperation last = status.lastOperation();
        if (last != null) {
            pairs.add(last.succeeded() ? Style.PLAIN : Style.WARNING, "last", last(last));
        }
        ListedRelease target = status.rollbackTarget();
        pairs.add("rollback", target == null ? "no good release to go back to" : "would go to " + target.label());
        pairs.print(console);
        return ExitCode.DONE;
    }

    private String release(@Nullable ListedRelease current) {
        return current == null
                ? "none"
                : current.label() + ", installed "
                        + Words.instant(current.installed(), console.zone()) + ", "
                        + current.verdict().text();
    }

    private static String manager(DeploymentStatus status) {
        return switch (status.manager()) {
            case SYSTEMD -> "by systemd as " + status.unit();
            case COMMAND -> "by commands";
            case PROCESS -> "by ccupgrade";
        };
    }

    private String service(ServiceState service) {
        Instant since = service.since();
        String age = since == null
                ? ""
                : " since " + Words.instant(since, console.zone()) + " ("
                        + Words.wholeSeconds(Duration.between(
                                since, session.surroundings().clock().instant()))
                        + ")";
        String restarts = service.restarts() == 0
                ? ""
                : ", " + Words.count(service.restarts(), "restart") + " by itself since it was started";
        return service.text() + age + restarts;
    }

    private static Style styleOf(ServiceState service) {
        return switch (service.state()) {
            case RUNNING -> Style.GOOD;
            case STOPPED -> Style.PLAIN;
            case LEFTOVER, UNKNOWN -> Style.WARNING;
        };
    }

    private static String database(DatabaseState database) {
        return database.name() + ", "
                + switch (database.presence()) {
                    case ABSENT -> "not there";
                    case UNREADABLE -> database.why();
                    case PRESENT ->
                        Words.bytes(Objects.requireNonNullElse(database.size(), 0L)) + log(database.logSize())
                                + ", schema " + database.schema() + keeper(database.versionKeptBy());
                };
    }

    private static String archive(ArchiveState archive) {
        if (!archive.present()) {
            return archive.name() + ", not there";
        }
        if (archive.why() != null) {
            return archive.name() + ", " + archive.why();
        }
        return archive.name()
                + (archive.version() == null ? ", does not tell its version" : ", version " + archive.version());
    }

    private static String log(@Nullable Long size) {
        return size == null || size == 0 ? "" : " and " + Words.bytes(size) + " of log";
    }

    private static String keeper(@Nullable VersionKind kind) {
        if (kind == null) {
            return "";
        }
        return switch (kind) {
            case FLYWAY -> ", kept by Flyway";
            case GOLANG_MIGRATE -> ", kept by golang-migrate";
            case USER_VERSION -> ", kept as user_version";
            case NONE -> "";
        };
    }

    private static Style styleOf(DatabaseState database) {
        return switch (database.presence()) {
            case PRESENT -> database.dirty() ? Style.BAD : Style.PLAIN;
            case ABSENT -> Style.PLAIN;
            case UNREADABLE -> Style.BAD;
        };
    }

    private String last(EndedOperation last) {
        return Words.format(
                "%d, %s, %s %s%s",
                last.number(),
                last.kind(),
                last.outcome(),
                Words.instant(last.ended(), console.zone()),
                last.succeeded() ? "" : "; why: ccupgrade history " + last.number());
    }

    private String operation(@Nullable OpenOperation open) {
        if (open == null) {
            return "none unfinished";
        }
        String which = open.number() == null || open.since() == null
                ? ""
                : open.number() + ", " + open.kind() + " of " + Words.instant(open.since(), console.zone()) + ", ";
        String tried = open.recoveries() == 0 ? "" : " (recovered in vain so far: " + open.recoveries() + ")";
        return switch (open.stage()) {
            case UNDER_WAY -> which + "under way: " + open.holder();
            case TO_BE_FINISHED -> which + "was interrupted; to finish it: ccupgrade recover" + tried;
            case TO_BE_TAKEN_BACK -> which + "was interrupted; to take it back: ccupgrade recover" + tried;
            case UNREADABLE -> "its journal cannot be read";
        };
    }
}
