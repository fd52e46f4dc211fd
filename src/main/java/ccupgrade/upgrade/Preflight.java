package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.config.Config.Manager;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Inspection;
import ccupgrade.release.Supported;
import ccupgrade.saga.Facts;
import ccupgrade.service.Execution;
import ccupgrade.state.SchemaVersion;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All gates of an install. They only look: a dry run passes the same ones. */
final class Preflight {

    private final Site site;
    private final Progress progress;
    private final List<Finding> findings = new ArrayList<>();
    private long lookedThroughUpTo = Long.MAX_VALUE;

    Preflight(Site site, Progress progress) {
        this.site = site;
        this.progress = progress;
    }

    /**
     * @param pending how many embedded migrations the databases lack; empty where that is not known
     * @param due the migrations that are to be run
     * @param archive its version; null where there is none or it is not known
     */
    record Report(
            List<Finding> findings,
            Optional<Integer> pending,
            List<Config.Migration> due,
            @Nullable Long archive) {

        /** For the steps that follow; they expect what the release says that it works on. */
        void tell(Facts facts, Supported supports) {
            pending.ifPresent(number -> facts.put(Fact.PENDING, number));
            facts.put(Fact.DUE, MigrationCommand.text(due));
            if (supports.database() != null) {
                facts.put(Fact.EXPECTED_SCHEMA, supports.database());
            }
            if (supports.archive() != null) {
                facts.put(Fact.EXPECTED_ARCHIVE, supports.archive());
            }
            if (archive != null) {
                facts.put(Fact.ARCHIVE_BEFORE, archive);
            }
        }

        /** What there is to do, in a few words; nothing where that is not known. */
        String text(Config.Migrations migrations) {
            if (migrations.steps().size() > 1 && !due.isEmpty()) {
                return "to run: " + due.stream().map(Config.Migration::name).collect(Collectors.joining(", "));
            }
            if (pending.isPresent() && pending.get() > 0) {
                return pending.get() + " to migrate";
            }
            return migrations.atStart() && pending.isEmpty() || !due.isEmpty() ? "" : "nothing to migrate";
        }
    }

    /** What one gate does. A fault that it throws is its finding, so that the others are still asked. */
    @FunctionalInterface
    private interface Gate {
        void pass() throws Fault, IOException, InterruptedException;
    }

    /**
     * @param supports the versions that the release says it works on
     * @param space that of the operation which this is for
     */
    Report examine(Path release, Inspection inspection, Supported supports, SpaceGate space)
            throws InterruptedException, IOException {
        if (inspection.needsJava()) {
            gate("java", () -> new JavaGate(site, findings).check(inspection));
        }
        List<Path> databases = site.databases().stream().filter(Files::exists).toList();
        Map<Path, SchemaVersion> schemas = checkDeployment(databases);
        List<Optional<Integer>> pending = new ArrayList<>();
        if (schemas.size() == databases.size()) {
            gate(
                    "migrations",
                    () -> pending.add(new MigrationsGate(findings).check(release, inspection, schemas.values())));
        }
        Optional<Integer> known = pending.stream().flatMap(Optional::stream).findFirst();
        // What the jar embeds speaks for it where it cannot be compared, too: it counts as the other tool does not.
        Supported stated = inspection.migrations().isEmpty() ? supports : new Supported(null, supports.archive());
        VersionsGate versions = new VersionsGate(site, stated, findings);
        List<Long> archive = new ArrayList<>();
        if (schemas.size() == databases.size()) {
            gate("versions", () -> versions.checkDatabase(known, schemas.values()));
        }
        gate("versions", () -> Optional.ofNullable(versions.checkArchive()).ifPresent(archive::add));
        gate("migrations", () -> versions.checkPrograms(release));
        gate("account", () -> checkExecution(versions.due()));
        gate("start", this::checkStart);
        boolean archiveDue = StateScope.isArchiveDue(site.config(), MigrationCommand.text(versions.due()));
        gate("archive", () -> new StateGate(site, findings).checkArchive(archiveDue));
        gate("space", () -> findings.addAll(space.check(release, mayMigrate(inspection, known, versions), archiveDue)));
        return new Report(List.copyOf(findings), known, versions.due(), archive.isEmpty() ? null : archive.get(0));
    }

    /** Where it is not known what is pending, a migration is run all the same, unless none is configured and none embedded. */
    private boolean mayMigrate(Inspection inspection, Optional<Integer> pending, VersionsGate versions) {
        if (versions.isSurelyDue() || !versions.due().isEmpty()) {
            return true;
        }
        return site.config().migrations().atStart()
                && pending.isEmpty()
                && !inspection.migrations().isEmpty();
    }

    /**
     * The gates that can be passed before there is a release to install. What the current one needs is taken for what the next one does.
     *
     * @param most bytes of a database that is looked through for damage: a larger one is left alone, which is a finding
     */
    List<Finding> examineDeployment(long most) throws InterruptedException, IOException {
        lookedThroughUpTo = most;
        gate("java", () -> new JavaGate(site, findings).checkCurrent());
        checkDeployment(site.databases().stream().filter(Files::exists).toList());
        gate("account", () -> checkExecution(site.config().migrations().steps()));
        gate("start", this::checkStart);
        gate("space", () -> findings.addAll(SpaceGate.ofAnyInstall(site, Volumes.MOUNTED)));
        return List.copyOf(findings);
    }

    private Map<Path, SchemaVersion> checkDeployment(List<Path> databases) throws InterruptedException {
        gate("service", () -> new ServiceGate(site, findings).check());
        gate("boot", this::checkBoot);
        gate("databases", this::checkPresence);
        gate("permissions", this::checkPermissions);
        gate("hooks", () -> findings.addAll(new Hooks(site).look()));
        gate("files", () -> new StateGate(site, findings).checkFiles());
        Map<Path, SchemaVersion> schemas = new HashMap<>();
        for (Path database : databases) {
            gate("database", () -> checkDatabase(database, schemas));
        }
        return schemas;
    }

    private void gate(String about, Gate gate) throws InterruptedException {
        try {
            gate.pass();
        } catch (Refused e) {
            findings.add(Finding.refused(about, e.getMessage(), e.remedy()));
        } catch (Fault e) {
            findings.add(Finding.failed(about, e.getMessage(), e.remedy()));
        } catch (IOException e) {
            findings.add(Finding.failed(about, String.valueOf(e.getMessage()), null));
        }
    }

    /** Without them systemd starts the service at boot on whatever a power failure has left. */
    private void checkBoot() throws Fault, IOException {
        if (site.config().service().manager() != Manager.SYSTEMD) {
            return;
        }
        List<Path> missing = site.systemdUnits().missing();
        Optional<Path> command = site.systemdUnits().missingCommand();
        if (missing.isEmpty() && command.isPresent()) {
            findings.add(Finding.warning(
                    "boot",
                    Words.format(
                            "after a power failure in the middle of an upgrade nobody would take it back at boot, and the service might not start: %s calls %s, which is not there",
                            site.systemdUnits().recoveryUnit(), command.get()),
                    "ccupgrade init --systemd"));
        } else if (missing.isEmpty()) {
            findings.add(Finding.ok("boot", "an interrupted upgrade is taken back before systemd starts the service"));
        } else {
            findings.add(Finding.warning(
                    "boot",
                    Words.format(
                            "after a power failure in the middle of an upgrade systemd would start the service before anybody has taken it back, because %s %s missing or out of date",
                            missing.stream().map(Path::toString).collect(Collectors.joining(" and ")),
                            missing.size() == 1 ? "is" : "are"),
                    "ccupgrade init --systemd"));
        }
    }

    /** A database that was named, and from which a release has been running, does not vanish for a good reason. */
    private void checkPresence() throws Fault, IOException {
        boolean installedBefore = site.releases().current().isPresent();
        List<Path> databases = site.databases();
        for (Path database : databases) {
            if (Files.notExists(database)) {
                if (installedBefore) {
                    throw new Refused(
                            "cannot find " + site.nameOf(database) + ", though a release is installed that works on it",
                            "restore it, or correct databases in [state]");
                }
                findings.add(Finding.note("database", site.nameOf(database) + " is not there yet"));
            }
        }
        if (databases.isEmpty()) {
            findings.add(Finding.note(
                    "database",
                    "none found as " + String.join(", ", site.config().state().databases())));
        }
    }

    private void checkPermissions() throws Fault, IOException {
        Set<Path> directories = new HashSet<>(List.of(
                Volumes.nearest(site.deployment().dotDirectory()),
                Volumes.nearest(site.deployment().releases())));
        Path linkDirectory = site.deployment().link().getParent();
        if (linkDirectory != null) {
            directories.add(Volumes.nearest(linkDirectory));
        }
        for (Path database : site.databases()) {
            Path real = Files.exists(database) ? database.toRealPath() : database;
            directories.add(Volumes.nearest(real));
            if (Files.exists(real)) {
                refuseForeignOwner(real);
            }
        }
        for (Path directory : directories) {
            if (!Files.isWritable(directory)) {
                throw new Failed(
                        "cannot write in " + directory + ": permission denied, or the file system is read-only",
                        "run ccupgrade as the service's user or as root");
            }
        }
    }

    /** Whoever restores a file must be able to give it back to its owner. */
    private void refuseForeignOwner(Path database) throws Fault, IOException {
        String user = site.surroundings().user();
        String owner = Files.readAttributes(database, PosixFileAttributes.class)
                .owner()
                .getName();
        if (!user.equals("root") && !user.equals(owner)) {
            throw new Refused(
                    Words.format(
                            "cannot keep the owner of %s: it belongs to %s, and ccupgrade runs as %s",
                            site.nameOf(database), owner, user),
                    owner.equals("root") ? "run ccupgrade as root" : "run ccupgrade as root or as " + owner);
        }
    }

    /** What migrates has to run as the service does: what it makes would be another's, and the service could not write to it. */
    private void checkExecution(List<Config.Migration> due) throws Fault, IOException, InterruptedException {
        if (due.isEmpty() && !site.config().rehearsal().starts()) {
            return;
        }
        Execution execution = site.execution();
        if (!execution.as().isEmpty()) {
            findings.add(Finding.ok(
                    "account",
                    Words.format(
                            "migrations run as %s, in %s",
                            Objects.requireNonNull(execution.account()), execution.directory())));
        }
    }

    /** A manager that gives up earlier than we do kills a migration that only takes its time. */
    private void checkStart() throws Fault, IOException, InterruptedException {
        if (!site.config().migrations().atStart()) {
            return;
        }
        Duration ours = site.config().health().timeout();
        Optional<Duration> its = site.service().longestStart().filter(longest -> longest.compareTo(ours) < 0);
        if (its.isPresent()) {
            findings.add(Finding.warning(
                    "start",
                    Words.format(
                            "releases migrate when they start, and systemd ends a start after %s, sooner than timeout in"
                                    + " [health], %s",
                            Words.duration(its.get()), Words.duration(ours)),
                    "set TimeoutStartSec= of the unit to no less"));
        }
    }

    private void checkDatabase(Path database, Map<Path, SchemaVersion> schemas) throws Fault, IOException {
        String name = site.nameOf(database);
        Optional<SchemaVersion> read = site.reader().schema(database);
        if (read.isEmpty()) {
            return;
        }
        SchemaVersion schema = read.get();
        schemas.put(database, schema);
        if (schema.dirty()) {
            throw new Refused(
                    "cannot upgrade from " + name + ": its schema is at " + schema.text()
                            + ", so an earlier migration of it did not end",
                    "restore the state from before that migration, or repair it as the program's documentation says;"
                            + " ccupgrade history shows what was done here");
        }
        String known = Words.format("%s, %s, schema %s", name, Words.bytes(Files.size(database)), schema.text());
        if (Files.size(database) > lookedThroughUpTo) {
            findings.add(Finding.note(
                    "database",
                    known + "; so large that it was not looked through for damage",
                    "ccupgrade doctor --deep"));
            return;
        }
        List<String> faults = site.reader().quickCheck(database, progress);
        if (!faults.isEmpty()) {
            throw new Refused(
                    "cannot upgrade from " + name + ": it is corrupt: " + String.join("; ", faults),
                    "restore it from a snapshot or a backup first");
        }
        findings.add(Finding.ok("database", known));
    }
}
