package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.disk.Progress;
import ccupgrade.ledger.Ledger;
import ccupgrade.ledger.OperationEntry;
import ccupgrade.ledger.RehearsalEntry;
import ccupgrade.upgrade.Finding.Level;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only sizes count, so that the databases are files full of nothing. */
class SpaceGateTest {

    private static final long MB = 1_000_000;
    private static final long GB = 1000 * MB;

    @TempDir
    Path directory;

    private Path home;
    private Path elsewhere;
    private Path jar;
    private String sections = "";

    /** The file systems, by where they are mounted; the first that fits. */
    private final Map<Path, Volumes.Volume> mounted = new LinkedHashMap<>();

    @BeforeEach
    void make() throws IOException {
        home = Files.createDirectories(directory.resolve("home"));
        elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        jar = file(directory.resolve("jobs-2.0.jar"), 3 * MB);
        environment(elsewhere);
    }

    private void environment(Path temporary) throws IOException {
        configure("[service]\nenvironment = { SQLITE_TMPDIR = \"" + temporary + "\" }\n");
    }

    private void configure(String more) throws IOException {
        sections += more;
        Files.writeString(home.resolve("ccupgrade.toml"), sections);
    }

    private static Path file(Path file, long size) throws IOException {
        Files.createDirectories(file.getParent());
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(size);
        }
        return file;
    }

    private void mount(Path place, String name, long free) {
        mounted.put(place, new Volumes.Volume(name, name, free));
    }

    private Volumes.Volume volume(Path place) {
        return mounted.entrySet().stream()
                .filter(mount -> place.startsWith(mount.getKey()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing is mounted for " + place))
                .getValue();
    }

    private Site site() throws Exception {
        Example example = new Example(home);
        return Site.of(example.deployment(), example.surroundings());
    }

    private List<Finding> install(boolean migrates) throws Exception {
        return SpaceGate.ofInstall(site(), this::volume, "ab", false, Progress.NONE)
                .check(jar, migrates, false);
    }

    private static List<Level> levels(List<Finding> findings) {
        return findings.stream().map(Finding::level).toList();
    }

    private void rehearsed(boolean passed, long state, long peak, long added, long temporary) throws Exception {
        Files.createDirectories(home.resolve(".ccupgrade"));
        try (Ledger ledger = Ledger.open(home.resolve(".ccupgrade/ledger.db"))) {
            ledger.record(new OperationEntry(
                    1,
                    "rehearse",
                    Instant.EPOCH,
                    Instant.EPOCH,
                    "rehearsed",
                    null,
                    null,
                    null,
                    null,
                    "ada",
                    null,
                    new RehearsalEntry(
                            "ab",
                            passed,
                            state,
                            Duration.ZERO,
                            Duration.ZERO,
                            null,
                            null,
                            true,
                            null,
                            peak,
                            added,
                            temporary,
                            0,
                            "3",
                            "4"),
                    List.of(),
                    List.of()));
        }
    }

    @Test
    void five_times_the_database_is_asked_for_a_migration_that_was_not_rehearsed_beside_snapshot_and_all_else()
            throws Exception {
        file(home.resolve("var/jobs.db"), GB);
        file(home.resolve("var/jobs.db-wal"), 100 * MB);
        mount(directory, "/srv (ext4)", 80 * GB);
        assertThat(install(true))
                .containsExactly(Finding.ok(
                        "space",
                        "on /srv (ext4): 8.2 GB needed (snapshot 1.4 GB, compressing it 1.1 GB, log meanwhile 100 MB,"
                                + " release 3.0 MB, unrehearsed migration 5.5 GB, reserve 67.1 MB), 80.0 GB free"));
    }

    @Test
    void too_little_is_refused_with_both_numbers_what_each_part_is_for_and_ways_out() throws Exception {
        file(home.resolve("var/jobs.db"), GB);
        mount(directory, "/srv (ext4)", 6 * GB);
        configure("[migration]\nargs = [\"-migrate-db\"]\n");
        Finding finding = install(true).get(0);
        assertThat(finding.level()).isEqualTo(Level.REFUSED);
        assertThat(finding.text())
                .isEqualTo(
                        "cannot be sure of the space on /srv (ext4): 7.1 GB needed (snapshot 1.0 GB, compressing it 1.0 GB,"
                                + " release 3.0 MB, unrehearsed migration 5.0 GB, reserve 67.1 MB), 6.0 GB free");
        assertThat(finding.remedy())
                .contains("free some space there", "ccupgrade rehearse FILE", "--accept-low-space")
                .doesNotContain("SQLITE_TMPDIR", "compress = false");
    }

    @Test
    void what_the_user_accepts_is_a_warning_with_the_same_numbers() throws Exception {
        file(home.resolve("var/jobs.db"), GB);
        mount(directory, "/srv (ext4)", 6 * GB);
        assertThat(SpaceGate.ofInstall(site(), this::volume, "ab", true, Progress.NONE)
                        .check(jar, true, false))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.WARNING);
                    assertThat(finding.text())
                            .contains("may not suffice: on /srv (ext4): 7.1 GB needed", "6.0 GB free");
                });
    }

    @Test
    void nothing_is_asked_for_a_migration_where_nothing_is_migrated() throws Exception {
        file(home.resolve("var/jobs.db"), GB);
        mount(directory, "/srv (ext4)", 3 * GB);
        assertThat(install(false)).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.OK);
            assertThat(finding.text()).contains("2.1 GB needed").doesNotContain("migration");
        });
    }

    @Test
    void temporary_files_count_where_they_will_lie() throws Exception {
        file(home.resolve("var/jobs.db"), GB);
        mount(elsewhere, "/tmp (tmpfs)", 2 * GB);
        mount(directory, "/srv (ext4)", 80 * GB);
        List<Finding> findings = install(true);
        assertThat(levels(findings)).containsExactly(Level.OK, Level.REFUSED);
        assertThat(findings.get(1).text())
                .isEqualTo(
                        "cannot be sure of the space on /tmp (tmpfs): 2.5 GB needed (temporary files 2.5 GB), 2.0 GB free");
        assertThat(findings.get(1).remedy()).contains("SQLITE_TMPDIR");
    }

    @Test
    void the_rehearsal_of_this_very_release_tells_better_scaled_to_what_the_database_is_now() throws Exception {
        file(home.resolve("var/jobs.db"), 2 * GB);
        mount(directory, "/srv (ext4)", 80 * GB);
        rehearsed(true, GB, GB + 400 * MB, 300 * MB, 200 * MB);
        // Twice as large, and a quarter more to be on the safe side.
        assertThat(install(true).get(0).text()).contains("migration as rehearsed 1.0 GB", "5.1 GB needed");

        mount(elsewhere, "/tmp (tmpfs)", GB);
        mounted.put(directory, mounted.remove(directory));
        assertThat(install(true).stream().map(Finding::text).toList())
                .anySatisfy(text -> assertThat(text).contains("/srv (ext4)", "migration as rehearsed 750 MB"))
                .anySatisfy(text -> assertThat(text).contains("/tmp (tmpfs)", "temporary files 500 MB"));
        assertThat(SpaceGate.ofInstall(site(), this::volume, "another", false, Progress.NONE)
                        .check(jar, true, false)
                        .get(0)
                        .text())
                .contains("unrehearsed migration");
    }

    @Test
    void a_log_that_stands_beside_the_database_does_not_make_the_rehearsal_count_for_more_nor_a_smaller_file_for_less()
            throws Exception {
        file(home.resolve("var/jobs.db"), 800 * MB);
        file(home.resolve("var/jobs.db-wal"), 4 * GB);
        mount(directory, "/srv (ext4)", 80 * GB);
        rehearsed(true, GB, GB + 400 * MB, 300 * MB, 200 * MB);
        assertThat(install(true).get(0).text()).contains("migration as rehearsed 500 MB");
    }

    @Test
    void a_rehearsal_that_failed_counts_as_none() throws Exception {
        file(home.resolve("var/jobs.db"), GB);
        mount(directory, "/srv (ext4)", 80 * GB);
        rehearsed(false, GB, GB + MB, MB, 0);
        assertThat(install(true).get(0).text()).contains("unrehearsed migration 5.0 GB");
    }

    @Test
    void each_database_counts_on_its_own_file_system_and_what_would_have_to_be_kept_of_it_as_evidence_at_home()
            throws Exception {
        Path large = file(elsewhere.resolve("large.db"), GB);
        file(home.resolve("var/small.db"), 100 * MB);
        configure("[state]\ncompress = false\ndatabases = [\"var/small.db\", \"" + large + "\"]\n");
        mount(elsewhere, "/data (xfs)", 80 * GB);
        mount(directory, "/srv (ext4)", 80 * GB);
        assertThat(install(true).stream().map(Finding::text))
                .containsExactly(
                        "on /srv (ext4): 7.7 GB needed (snapshot 1.1 GB, release 3.0 MB, unrehearsed migration 500 MB,"
                                + " evidence if it fails 6.0 GB, reserve 67.1 MB), 80.0 GB free",
                        "on /data (xfs): 7.8 GB needed (unrehearsed migration 5.0 GB, temporary files 2.8 GB), 80.0 GB free");

        // Which of the two it was that grew is not known; but the small one was never thought to grow more.
        rehearsed(true, 1100 * MB, 1900 * MB, 800 * MB, 0);
        assertThat(install(true).stream().map(Finding::text))
                .anySatisfy(text -> assertThat(text).contains("/srv", "migration as rehearsed 500 MB"))
                .anySatisfy(text -> assertThat(text).contains("/data", "migration as rehearsed 1.0 GB"));
    }

    @Test
    void keeping_snapshots_uncompressed_is_a_way_out_where_it_makes_the_difference() throws Exception {
        file(home.resolve("var/jobs.db"), GB);
        mount(directory, "/srv (ext4)", 1500 * MB);
        assertThat(install(false).get(0).remedy()).contains("compress = false");
        configure("[state]\ncompress = false\n");
        assertThat(levels(install(false))).containsExactly(Level.OK);
    }

    @Test
    void a_release_that_is_stored_already_needs_no_more_room() throws Exception {
        mount(directory, "/srv (ext4)", GB);
        Path stored = file(home.resolve("releases/1.jar"), 3 * MB);
        assertThat(SpaceGate.ofInstall(site(), this::volume, "ab", false, Progress.NONE)
                        .check(stored, true, false)
                        .get(0)
                        .text())
                .isEqualTo("on /srv (ext4): 67.1 MB needed (reserve 67.1 MB), 1.0 GB free");
    }

    @Test
    void a_rehearsal_needs_its_copy_and_what_the_migration_makes_of_it_where_the_copy_lies() throws Exception {
        Path large = file(elsewhere.resolve("large.db"), GB);
        file(elsewhere.resolve("large.db-wal"), MB);
        configure("[state]\ndatabases = [\"" + large + "\"]\n");
        mount(elsewhere, "/data (xfs)", 200 * MB);
        mount(directory, "/srv (ext4)", 6 * GB);
        List<Finding> findings =
                SpaceGate.ofRehearsal(site(), this::volume, "ab", false).check(jar, true, false);
        assertThat(findings.get(0).text())
                .contains(
                        "on /srv (ext4): 6.3 GB needed (copy 1.2 GB, release 3.0 MB, unrehearsed migration 5.0 GB, reserve 67.1 MB)");
        assertThat(findings.get(0).remedy()).contains("ended before the disk is full: --accept-low-space");
        assertThat(findings.get(1).text()).contains("/data (xfs)", "log meanwhile 100 MB", "temporary files 2.5 GB");
    }

    @Test
    void before_there_is_a_release_only_what_every_install_takes_is_refused() throws Exception {
        file(home.resolve("var/jobs.db"), GB);
        mount(directory, "/srv (ext4)", 3 * GB);
        assertThat(SpaceGate.ofAnyInstall(site(), this::volume)).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.WARNING);
            assertThat(finding.advice()).contains("7.1 GB needed", "3.0 GB free", "ccupgrade rehearse FILE");
        });
        mount(directory, "/srv (ext4)", GB);
        assertThat(levels(SpaceGate.ofAnyInstall(site(), this::volume))).containsExactly(Level.REFUSED);
        mount(directory, "/srv (ext4)", 8 * GB);
        assertThat(levels(SpaceGate.ofAnyInstall(site(), this::volume))).containsExactly(Level.OK);
    }
}
