package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.config.Config.Subject;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Release;
import ccupgrade.release.Supported;
import ccupgrade.state.ArchiveVersion;
import ccupgrade.state.SchemaVersion;
import ccupgrade.state.VersionKind;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a release can take the state from the versions that it has to those that the release works on, and which migrations that takes.
 * What is not known is no reason to refuse, and none to leave a migration out: one that has nothing to do does nothing.
 */
final class VersionsGate {

    private static final String IN_RELEASE = "{release-dir}/";

    private enum Need {
        NONE,
        DUE,
        UNKNOWN
    }

    private final Site site;
    private final Supported supports;
    private final List<Finding> findings;
    private final Map<Subject, Need> needs = new EnumMap<>(Subject.class);

    /**
     * @param supports as the release says
     * @param findings where what is found is added
     */
    VersionsGate(Site site, Supported supports, List<Finding> findings) {
        this.site = site;
        this.supports = supports;
        this.findings = findings;
    }

    private Config.Migrations config() {
        return site.config().migrations();
    }

    /** The migrations that are to be run, in their order. */
    List<Config.Migration> due() {
        return config().steps().stream()
                .filter(step -> needs.getOrDefault(step.of(), Need.UNKNOWN) != Need.NONE)
                .toList();
    }

    /** Whether something is due for certain, by a configured migration or by the release's start. */
    boolean isSurelyDue() {
        return needs.containsValue(Need.DUE);
    }

    /**
     * Where the jar's own migrations could be compared with those that were applied, they know best.
     *
     * @param pending how many are
     * @param schemas of the databases that are there
     */
    void checkDatabase(Optional<Integer> pending, Collection<SchemaVersion> schemas) throws Refused {
        if (pending.isPresent()) {
            settle(Subject.DATABASE, pending.get() > 0 ? Need.DUE : Need.NONE);
            return;
        }
        String wanted = supports.database();
        Optional<SchemaVersion> keeper = keeper(schemas);
        String version = keeper.map(SchemaVersion::version).orElse(null);
        if (wanted == null || version == null) {
            if (wanted != null && !schemas.isEmpty()) {
                findings.add(
                        Finding.note(
                                "versions",
                                "the release works on version " + wanted
                                        + " of the database, and which one this is, is not known: no database keeps it, or several do"));
            }
            return;
        }
        Optional<Integer> order = StateVersion.compare(version, wanted);
        if (order.isEmpty()) {
            findings.add(Finding.warning(
                    "versions",
                    Words.format(
                            "cannot compare version %s of the database with %s, which the release works on",
                            version, wanted)));
            return;
        }
        if (order.get() > 0) {
            throw tooNew("database", wanted, version);
        }
        tell("database", version, wanted, order.get() == 0);
        settle(Subject.DATABASE, order.get() == 0 ? Need.NONE : Need.DUE);
    }

    /** The one database that keeps a version; a table of versions is meant as one, {@code user_version} may be used for anything. */
    private static Optional<SchemaVersion> keeper(Collection<SchemaVersion> schemas) {
        for (List<VersionKind> kinds :
                List.of(List.of(VersionKind.GOLANG_MIGRATE, VersionKind.FLYWAY), List.of(VersionKind.USER_VERSION))) {
            List<SchemaVersion> keepers = schemas.stream()
                    .filter(schema -> kinds.contains(schema.kind()) && schema.version() != null)
                    .toList();
            if (!keepers.isEmpty()) {
                return keepers.size() == 1 ? Optional.of(keepers.get(0)) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** @return the version of the archive; null where there is none or it is not known */
    @Nullable
    Long checkArchive() throws Fault, IOException {
        Config.Archive archive = site.config().state().archive();
        Path directory = site.archive();
        if (archive == null || directory == null) {
            return null;
        }
        if (!Files.isDirectory(directory)) {
            findings.add(Finding.note("versions", site.nameOf(directory) + " is not there: no archive to migrate"));
            settle(Subject.ARCHIVE, Need.NONE);
            return null;
        }
        Optional<Long> version = ArchiveVersion.read(directory, archive.versionFile());
        String wanted = supports.archive();
        if (version.isEmpty()) {
            findings.add(Finding.warning(
                    "versions",
                    Words.format(
                            "which version %s is, is not known: there is no number in %s",
                            site.nameOf(directory), site.nameOf(directory.resolve(archive.versionFile())))));
            return null;
        }
        if (wanted == null) {
            return version.get();
        }
        String is = String.valueOf(version.get());
        Optional<Integer> order = StateVersion.compare(is, wanted);
        if (order.isEmpty() || !wanted.matches("\\d{1,18}")) {
            findings.add(Finding.warning(
                    "versions",
                    "cannot compare version " + is + " of the archive with " + wanted
                            + ", which the release works on"));
            return version.get();
        }
        if (order.get() > 0) {
            throw tooNew("archive", wanted, is);
        }
        if (Long.parseLong(wanted) > version.get() + 1) {
            throw tooFarBehind(version.get(), wanted);
        }
        tell("archive", is, wanted, order.get() == 0);
        settle(Subject.ARCHIVE, order.get() == 0 ? Need.NONE : Need.DUE);
        return version.get();
    }

    private void settle(Subject subject, Need need) throws Refused {
        needs.put(subject, need);
        boolean configured = config().steps().stream().anyMatch(step -> step.of() == subject);
        if (need == Need.DUE && !configured && !config().atStart()) {
            throw new Refused(
                    Words.format(
                            "cannot install this release: %s has to be migrated for it, and no migration of %s is configured",
                            called(subject), called(subject)),
                    Words.format("say how as [[migration]] with of = \"%s\"", word(subject)));
        }
    }

    private void tell(String what, String is, String wanted, boolean equal) {
        findings.add(Finding.ok(
                "versions",
                equal
                        ? Words.format("%s at %s, which the release works on", what, is)
                        : Words.format("%s at %s, to be migrated to %s", what, is, wanted)));
    }

    private static Refused tooNew(String what, String wanted, String is) {
        return new Refused(
                Words.format(
                        "cannot install this release: it works on version %s of the %s, and this one is at %s already",
                        wanted, what, is),
                Words.format(
                        "install a release that works on version %s; to go back, with the state: ccupgrade rollback",
                        is));
    }

    /** What migrates an archive takes it one version further. */
    private Refused tooFarBehind(long is, String wanted) throws Fault, IOException {
        String next = String.valueOf(is + 1);
        String stored = null;
        for (Release release : site.releases().list()) {
            if (next.equals(release.record().supports().archive())) {
                stored = Words.format("%s, which is stored as %s", release.label(), site.nameOf(release.file()));
            }
        }
        return new Refused(
                Words.format(
                        "cannot install this release: it works on version %s of the archive, and this one is at %d: a migration"
                                + " takes it one version further",
                        wanted, is),
                Words.format(
                        "first install a release that works on version %s of the archive%s",
                        next, stored == null ? "" : ": " + stored));
    }

    /** A program that a migration is to run has to be in the release. */
    void checkPrograms(Path release) throws Refused {
        for (Config.Migration step : due()) {
            if (step.command().isEmpty() || !step.command().get(0).startsWith(IN_RELEASE)) {
                continue;
            }
            String program = step.command().get(0).substring(IN_RELEASE.length());
            if (!isBesideOrAbove(release, program)) {
                throw new Refused(
                        Words.format(
                                "cannot migrate %s: %s, which does that, is not in the release",
                                called(step.of()), program),
                        Words.format(
                                "install the archive with all programs of the release; where a release has none for"
                                        + " it, say in ccupgrade.toml what to run instead: command in a [[migration]] with"
                                        + " of = \"%s\"",
                                word(step.of())));
            }
        }
    }

    /** What is run may lie deeper in the release than its tools; one that is only looked at is not stored yet. */
    private boolean isBesideOrAbove(Path release, String program) {
        Path home = site.deployment().home().toAbsolutePath();
        Path directory = release.toAbsolutePath().getParent();
        while (directory != null && !directory.equals(home)) {
            if (Files.isExecutable(directory.resolve(program))) {
                return true;
            }
            directory = directory.getParent();
        }
        return false;
    }

    /** For a message. */
    static String called(Subject subject) {
        return "the " + word(subject);
    }

    private static String word(Subject subject) {
        return switch (subject) {
            case DATABASE -> "database";
            case ARCHIVE -> "archive";
        };
    }
}
