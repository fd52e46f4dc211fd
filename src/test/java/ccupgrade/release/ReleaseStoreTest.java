package ccupgrade.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.Disk;
import ccupgrade.disk.DurableDisk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseStoreTest {

    private static final long NOW = 1_700_000_000;

    private final FileSystem memory = Jimfs.newFileSystem(Configuration.unix().toBuilder()
            .setAttributeViews("basic", "owner", "posix", "unix")
            .build());
    private final Path home = memory.getPath("/srv/jobs");
    private final Path directory = home.resolve("releases");
    private final Path link = directory.resolve("current");
    private final Disk disk = new DurableDisk(new Random(1));
    private final ReleaseStore store = storeAt(NOW, disk);

    @BeforeEach
    void makeHome() throws IOException {
        Files.createDirectories(home);
    }

    @AfterEach
    void closeMemory() throws IOException {
        memory.close();
    }

    @Test
    void an_absent_directory_is_an_empty_store() throws Exception {
        assertThat(store.list()).isEmpty();
        assertThat(store.current()).isEmpty();
        assertThat(store.rollbackTarget()).isEmpty();
        assertThat(store.nextEpoch()).isEqualTo(NOW);
        assertThat(directory).doesNotExist();
    }

    @Test
    void a_published_release_is_read_only_for_everybody_and_keeps_its_record() throws Exception {
        Path source = Files.writeString(home.resolve("app.jar"), "bytes");
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-------"));

        store.stage(source, NOW, Progress.NONE);
        assertThat(store.list()).isEmpty();
        assertThat(store.stagingPath(NOW)).exists();
        ReleaseRecord record = record("1.0").withPinned(true, "for the audit").withVerdict(Verdict.GOOD, "it ran");
        Release release = publish(store, NOW, record);

        assertThat(release.file())
                .isEqualTo(directory.resolve("1700000000.jar"))
                .hasContent("bytes");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(release.file())))
                .isEqualTo("r--r--r--");
        assertThat(store.stagingPath(NOW)).doesNotExist();
        assertThat(store.find(NOW)).contains(release);
        assertThat(store.list()).containsExactly(new Release(NOW, release.file(), record));
        assertThat(Files.readString(directory.resolve("1700000000.json")))
                .contains("\"format\": 1", "\"verdict\": \"good\"", "\"installed\": \"2023-11-14T22:13:20Z\"");
    }

    @Test
    void passes_over_everything_that_is_no_release() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);
        store.activate(NOW);
        for (String name :
                List.of("README.md", "1700000009.json", ".1700000001.jar" + Disk.TEMPORARY_SUFFIX, "app.jar")) {
            Files.writeString(directory.resolve(name), "");
        }
        Files.writeString(directory.resolve("20260131120000.jar"), "somebody's date");
        Files.createDirectory(directory.resolve("1700000002.jar"));
        Files.createSymbolicLink(directory.resolve("1700000003.jar"), memory.getPath("1700000000.jar"));

        assertThat(store.list()).extracting(Release::epoch).containsExactly(NOW);
    }

    @Test
    void one_put_there_by_hand_is_listed_with_what_its_manifest_says(@TempDir Path real) throws Exception {
        TestJar.executable()
                .manifest("Implementation-Title", "jobs")
                .manifest("Implementation-Version", "0.9")
                .in(real, "1600000000.jar");
        Files.writeString(real.resolve("1500000000.jar"), "no jar at all");

        List<Release> releases = storeAt(real, real.resolve("current")).list();

        assertThat(releases).extracting(Release::epoch).containsExactly(1_500_000_000L, 1_600_000_000L);
        assertThat(releases.get(0).record().title()).isEqualTo("1500000000");
        ReleaseRecord adopted = releases.get(1).record();
        assertThat(adopted.title()).isEqualTo("jobs");
        assertThat(adopted.version()).isEqualTo("0.9");
        assertThat(adopted.verdict()).isEqualTo(Verdict.UNTRIED);
        assertThat(adopted.installed()).isEqualTo(Instant.ofEpochSecond(1_600_000_000));
        assertThat(adopted.sha256()).isNull();
    }

    @Test
    void a_damaged_record_hides_no_release_and_makes_it_neither_good_nor_prunable() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);
        for (String damage : List.of("", "{", "[]", "{}", "{\"format\":1,\"title\":7}", "{\"format\":\"x\"}")) {
            Files.writeString(directory.resolve(NOW + ".json"), damage);

            ReleaseRecord record = store.list().get(0).record();

            assertThat(record.verdict()).isEqualTo(Verdict.UNTRIED);
            assertThat(record.pinned()).isTrue();
            assertThat(record.reason()).contains("1700000000.json is damaged");
        }
    }

    @Test
    void a_record_of_a_later_format_is_not_guessed_at() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);
        Files.writeString(directory.resolve(NOW + ".json"), "{\"format\": 2, \"name\": \"x\"}");

        assertThatThrownBy(store::list).isInstanceOf(Failed.class).hasMessageContaining("it has format 2");
    }

    @Test
    void a_clock_set_back_collides_with_nothing() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);
        assertThat(storeAt(NOW - 500, disk).nextEpoch()).isEqualTo(NOW + 1);
        assertThat(store.nextEpoch()).isEqualTo(NOW + 1);
        assertThat(storeAt(NOW + 7, disk).nextEpoch()).isEqualTo(NOW + 7);

        Files.writeString(store.stagingPath(NOW + 4), "left by a crash");
        assertThat(store.nextEpoch()).isEqualTo(NOW + 5);
        Files.writeString(directory.resolve((NOW + 8) + ".json"), "{}");
        assertThat(store.nextEpoch()).isEqualTo(NOW + 9);
    }

    @Test
    void staging_replaces_the_leftover_of_a_crash() throws Exception {
        Files.createDirectories(directory);
        Files.writeString(store.stagingPath(NOW), "half of ano");
        store.stage(Files.writeString(home.resolve("app.jar"), "bytes"), NOW, Progress.NONE);

        assertThat(store.stagingPath(NOW)).hasContent("bytes");
    }

    @Test
    void a_source_that_cannot_be_read_is_named() throws Exception {
        assertThatThrownBy(() -> store.stage(home.resolve("no.jar"), NOW, Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessage("cannot read /srv/jobs/no.jar: there is no such file");
        assertThatThrownBy(() -> store.stage(home, NOW, Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessage("cannot read /srv/jobs: it is a directory");
        assertThat(directory).doesNotExist();
    }

    @Test
    void a_full_disk_is_named_with_the_directory_and_leaves_nothing() throws Exception {
        Path source = Files.writeString(home.resolve("app.jar"), "bytes");
        Disk full = failing("setPermissions", "No space left on device");

        assertThatThrownBy(() -> storeAt(NOW, full).stage(source, NOW, Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessage("cannot store release 1700000000 in /srv/jobs/releases")
                .hasRootCauseMessage("/x: No space left on device")
                .satisfies(e -> assertThat(((Fault) e).remedy()).contains("/srv/jobs/releases"));
        assertThat(store.stagingPath(NOW)).doesNotExist();
    }

    @Test
    void a_read_only_directory_is_named_when_publishing_too() throws Exception {
        store.stage(Files.writeString(home.resolve("app.jar"), "bytes"), NOW, Progress.NONE);

        assertThatThrownBy(() -> publish(storeAt(NOW, failing("write", "Read-only file system")), NOW, record("1")))
                .isInstanceOf(Failed.class)
                .hasMessage("cannot store release 1700000000 in /srv/jobs/releases");
        assertThat(store.list()).isEmpty();
    }

    @Test
    void there_is_a_record_before_there_is_a_release() throws Exception {
        store.stage(Files.writeString(home.resolve("app.jar"), "bytes"), NOW, Progress.NONE);

        assertThatThrownBy(() -> publish(storeAt(NOW, failing("publish", "killed here")), NOW, record("1")))
                .isInstanceOf(Failed.class);

        assertThat(directory.resolve(NOW + ".json")).exists();
        assertThat(directory.resolve(NOW + ".jar")).doesNotExist();
    }

    @Test
    void publishing_again_finishes_what_a_crash_interrupted() throws Exception {
        store.stage(Files.writeString(home.resolve("app.jar"), "bytes"), NOW, Progress.NONE);
        Files.createLink(directory.resolve(NOW + ".jar"), store.stagingPath(NOW));

        publish(store, NOW, record("1.0"));

        assertThat(store.find(NOW)).isPresent();
        assertThat(store.stagingPath(NOW)).doesNotExist();
    }

    @Test
    void publishing_never_replaces_another_release() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);
        store.stage(Files.writeString(home.resolve("other.jar"), "other"), NOW, Progress.NONE);

        assertThatThrownBy(() -> publish(store, NOW, record("2.0"))).isInstanceOf(Failed.class);

        assertThat(directory.resolve(NOW + ".jar")).hasContent("bytes of 1.0");
        assertThat(store.list().get(0).record().version()).isEqualTo("1.0");
    }

    @Test
    void removing_copes_with_none_half_and_all_of_a_release() throws Exception {
        store.remove(NOW);
        store.stage(Files.writeString(home.resolve("a.jar"), "bytes"), NOW, Progress.NONE);
        store.remove(NOW);
        assertThat(store.stagingPath(NOW)).doesNotExist();
        install(NOW, "1.0", Verdict.BAD);
        store.remove(NOW);
        store.remove(NOW);
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void the_current_release_is_never_removed() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);
        store.activate(NOW);

        assertThatThrownBy(() -> store.remove(NOW)).isInstanceOf(Refused.class).hasMessageContaining("the current one");

        assertThat(store.current()).isPresent();
        assertThat(directory.resolve(NOW + ".json")).exists();
    }

    @Test
    void what_is_known_can_be_replaced_but_not_for_a_release_that_is_not_there() throws Exception {
        install(NOW, "1.0", Verdict.UNTRIED);
        ReleaseRecord better = record("1.0").withVerdict(Verdict.GOOD, null).withSchemaWhenLeft("3 abc");

        store.update(NOW, better);

        assertThat(store.find(NOW).orElseThrow().record()).isEqualTo(better);
        assertThatThrownBy(() -> store.update(NOW + 1, better)).isInstanceOf(Failed.class);
        assertThat(directory.resolve((NOW + 1) + ".json")).doesNotExist();
    }

    @Test
    void the_link_is_relative_where_the_two_share_more_than_the_root() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);

        store.activate(NOW);
        assertThat(Files.readSymbolicLink(link)).hasToString("1700000000.jar");

        Path bin = home.resolve("bin/jobs");
        ReleaseStore beside = storeAt(directory, bin);
        beside.activate(NOW);
        assertThat(Files.readSymbolicLink(bin)).hasToString("../releases/1700000000.jar");
        assertThat(beside.current().orElseThrow().epoch()).isEqualTo(NOW);

        Path elsewhere = memory.getPath("/usr/bin/jobs");
        ReleaseStore far = storeAt(directory, elsewhere);
        far.activate(NOW);
        assertThat(Files.readSymbolicLink(elsewhere)).hasToString("/srv/jobs/releases/1700000000.jar");
        assertThat(far.current().orElseThrow().epoch()).isEqualTo(NOW);
    }

    @Test
    void the_link_moves_and_goes() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);
        install(NOW + 1, "2.0", Verdict.UNTRIED);
        store.activate(NOW);
        store.activate(NOW + 1);
        assertThat(store.current().orElseThrow().label()).isEqualTo("2.0 (1700000001)");

        store.deactivate();
        store.deactivate();
        assertThat(link).doesNotExist();
        assertThat(store.current()).isEmpty();
    }

    @Test
    void only_a_release_becomes_current() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);
        store.activate(NOW);

        assertThatThrownBy(() -> store.activate(NOW + 1)).isInstanceOf(Failed.class);

        assertThat(store.current().orElseThrow().epoch()).isEqualTo(NOW);
    }

    @Test
    void a_home_behind_a_link_is_the_same_home() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);
        Path alias = Files.createSymbolicLink(memory.getPath("/jobs"), home);
        ReleaseStore through = storeAt(alias.resolve("releases"), alias.resolve("releases/current"));

        through.activate(NOW);

        assertThat(Files.readSymbolicLink(link)).hasToString("1700000000.jar");
        assertThat(store.current()).isPresent();
        assertThat(through.current()).isPresent();
    }

    @Test
    void a_plain_file_in_the_links_place_is_refused_and_kept() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);
        Files.writeString(link, "the program itself");

        for (Act act :
                List.<Act>of(store::current, () -> store.activate(NOW), store::deactivate, store::rollbackTarget)) {
            assertThatThrownBy(act::run)
                    .isInstanceOf(Refused.class)
                    .hasMessageEndingWith("releases/current is a plain file, not a symbolic link")
                    .satisfies(e -> assertThat(((Fault) e).remedy()).contains("mv /srv/jobs/releases/current"));
        }
        assertThat(link).hasContent("the program itself");
        store.remove(NOW);
    }

    @Test
    void a_directory_in_the_links_place_is_refused() throws Exception {
        Files.createDirectories(link);
        assertThatThrownBy(store::current).isInstanceOf(Refused.class).hasMessageContaining("is a directory");
    }

    @Test
    void a_dangling_link_is_refused_yet_can_be_replaced() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);
        Files.createSymbolicLink(link, memory.getPath("1600000000.jar"));

        assertThatThrownBy(store::current)
                .isInstanceOf(Refused.class)
                .hasMessageEndingWith("points to 1600000000.jar, which does not exist");
        store.activate(NOW);
        assertThat(store.current()).isPresent();
    }

    @Test
    void a_link_to_elsewhere_is_refused() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);
        Path outside = Files.writeString(home.resolve("1700000000.jar"), "x");
        Files.createSymbolicLink(link, outside);

        assertThatThrownBy(store::current)
                .isInstanceOf(Refused.class)
                .hasMessageEndingWith("which is outside /srv/jobs/releases");
    }

    @Test
    void a_link_to_something_that_is_no_release_is_refused() throws Exception {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("README.md"), "");
        Files.createSymbolicLink(link, memory.getPath("README.md"));

        assertThatThrownBy(store::current).isInstanceOf(Refused.class).hasMessageEndingWith("which is not a release");
    }

    @Test
    void a_release_is_found_by_number_version_and_beginning() throws Exception {
        install(1_600_000_000, "1.0", Verdict.GOOD);
        install(1_700_000_000, "v2.0", Verdict.GOOD);
        install(1_700_000_001, "2.1", Verdict.GOOD);
        install(1_800_000_000, "2.1", Verdict.BAD);

        assertThat(store.resolve("1700000000").epoch()).isEqualTo(1_700_000_000);
        assertThat(store.resolve("1.0").epoch()).isEqualTo(1_600_000_000);
        assertThat(store.resolve("v1.0").epoch()).isEqualTo(1_600_000_000);
        assertThat(store.resolve("2.0").epoch()).isEqualTo(1_700_000_000);
        assertThat(store.resolve("1600").epoch()).isEqualTo(1_600_000_000);
        assertThatThrownBy(() -> store.resolve("2.1"))
                .isInstanceOf(Refused.class)
                .hasMessage("cannot tell which release 2.1 is: there are 2 of it")
                .satisfies(e -> assertThat(((Fault) e).remedy())
                        .isEqualTo("name one by its number: 2.1 (1800000000), 2.1 (1700000001)"));
        assertThatThrownBy(() -> store.resolve("1700")).isInstanceOf(Refused.class);
        for (String unknown : List.of("160", "9.9", "", "v")) {
            assertThatThrownBy(() -> store.resolve(unknown))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("cannot find release")
                    .satisfies(e -> assertThat(((Fault) e).remedy()).contains("v2.0 (1700000000)"));
        }
    }

    @Test
    void a_rollback_goes_to_the_newest_good_release_before_the_current_one() throws Exception {
        install(1, "1", Verdict.GOOD);
        install(2, "2", Verdict.GOOD);
        install(3, "3", Verdict.BAD);
        install(4, "4", Verdict.UNTRIED);
        install(5, "5", Verdict.GOOD);
        install(6, "6", Verdict.GOOD);
        assertThat(store.rollbackTarget()).isEmpty();

        store.activate(5);
        assertThat(store.rollbackTarget().orElseThrow().epoch()).isEqualTo(2);
        store.activate(2);
        assertThat(store.rollbackTarget().orElseThrow().epoch()).isEqualTo(1);
        store.activate(1);
        assertThat(store.rollbackTarget()).isEmpty();

        // Gone back from: good, but somebody did not want it.
        store.update(2, store.find(2).orElseThrow().record().withWithdrawn(true));
        store.activate(5);
        assertThat(store.rollbackTarget().orElseThrow().epoch()).isEqualTo(1);
    }

    @Test
    void what_a_killed_write_left_is_gone_after_the_next() throws Exception {
        install(NOW, "1.0", Verdict.GOOD);
        Path ofRecord =
                Files.writeString(directory.resolve("." + NOW + ".json.0123456789ab" + Disk.TEMPORARY_SUFFIX), "{");
        store.update(NOW, store.find(NOW).orElseThrow().record());
        assertThat(ofRecord).doesNotExist();

        Path ofLink = Files.writeString(directory.resolve(".current.0123456789ab" + Disk.TEMPORARY_SUFFIX), "");
        store.remove(NOW);
        assertThat(ofLink).doesNotExist();
        assertThat(store.list()).isEmpty();
    }

    @Test
    void works_on_a_real_file_system(@TempDir Path real) throws Exception {
        Path releases = real.resolve("a/releases");
        ReleaseStore onDisk = storeAt(releases, real.resolve("current"));
        long epoch = onDisk.nextEpoch();

        onDisk.stage(TestJar.executable().in(real, "app.jar"), epoch, Progress.NONE);
        publish(onDisk, epoch, record("1.0"));
        onDisk.activate(epoch);

        assertThat(onDisk.current()).isEqualTo(onDisk.find(epoch)).isPresent();
        assertThat(Files.isSameFile(real.resolve("current"), onDisk.path(epoch)))
                .isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(onDisk.path(epoch))))
                .isEqualTo("r--r--r--");
        onDisk.deactivate();
        onDisk.remove(epoch);
        try (Stream<Path> left = Files.list(releases)) {
            assertThat(left).isEmpty();
        }
    }

    private void install(long epoch, String version, Verdict verdict) throws Exception {
        Path source = Files.writeString(home.resolve("source.jar"), "bytes of " + version);
        store.stage(source, epoch, Progress.NONE);
        publish(store, epoch, record(version).withVerdict(verdict, null));
        assertThat(Files.isRegularFile(store.path(epoch), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }

    private static Release publish(ReleaseStore into, long epoch, ReleaseRecord record) throws Failed {
        return into.publish(epoch, new Staged(Kind.JAR, into.stagingPath(epoch), null, false), record, Progress.NONE);
    }

    private ReleaseStore storeAt(Path releases, Path current) {
        return new ReleaseStore(new ReleaseStore.Layout(releases, current, false, null), disk, Clock.systemUTC());
    }

    private static ReleaseRecord record(String version) {
        return ReleaseRecord.of(
                new Inspection("jobs", version, Kind.JAR, null, "app.Main", 17, 5, List.of()),
                "sha of " + version,
                "jobs-" + version + ".jar",
                Instant.ofEpochSecond(NOW));
    }

    private ReleaseStore storeAt(long second, Disk on) {
        return new ReleaseStore(
                new ReleaseStore.Layout(directory, link, false, null),
                on,
                Clock.fixed(Instant.ofEpochSecond(second), ZoneOffset.UTC));
    }

    /** The disk, but for one verb that fails before it does anything. */
    private Disk failing(String verb, String reason) {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(verb)) {
                        throw new FileSystemException("/x", null, reason);
                    }
                    try {
                        return method.invoke(disk, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private interface Act {
        void run() throws Exception;
    }
}
