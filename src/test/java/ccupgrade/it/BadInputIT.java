package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ccupgrade.it.Deployed.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What must be turned down before anybody notices anything. One service runs all the while: after each case the very same process of it
 * is there, and not a name in its directories has changed.
 */
@TestInstance(Lifecycle.PER_CLASS)
class BadInputIT {

    private Path files;
    private Deployed jobs;
    private long pid;
    private List<String> releases;
    private List<String> snapshots;

    @BeforeAll
    void install_2_0(@TempDir Path directory) throws Exception {
        files = Files.createDirectories(directory.resolve("files"));
        jobs = new Deployed(directory);
        Result installed = jobs.install("jobs-2.0");
        assertThat(installed.exit()).as(installed.all()).isZero();
        pid = jobs.pid();
        releases = Deployed.tree(jobs.home.resolve("releases"));
        snapshots = Deployed.tree(jobs.home.resolve(".ccupgrade/snapshots"));
    }

    @AfterAll
    void leave_nothing_running() throws Exception {
        jobs.close();
    }

    @AfterEach
    void the_service_is_undisturbed() throws Exception {
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.0");
        assertThat(jobs.pid()).isEqualTo(pid);
        assertThat(Deployed.tree(jobs.home.resolve("releases"))).isEqualTo(releases);
        assertThat(Deployed.tree(jobs.home.resolve(".ccupgrade/snapshots"))).isEqualTo(snapshots);
        assertThat(jobs.temporaries()).isEmpty();
    }

    private void says(Result result, int exit, String... phrases) {
        assertThat(result.exit()).as(result.all()).isEqualTo(exit);
        assertThat(result.out() + result.err()).contains("cannot ").contains(phrases);
    }

    /** What the real run and the dry run say alike. */
    private void both(Path file, int exit, String... phrases) throws Exception {
        says(jobs.run("install", file.toString()), exit, phrases);
        says(jobs.run("install", "--dry-run", file.toString()), exit, phrases);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(files.resolve(name), content);
    }

    @ParameterizedTest
    @CsvSource({
        "notes.jar, hello, it is a text file",
        "page.jar, <html><body>404</body></html>, it is a web page",
        "empty.jar, '', it is an empty file",
        "zip.jar, PK and no more, it is probably cut short"
    })
    void a_file_that_is_no_jar_is_refused_with_what_it_is(String name, String content, String said) throws Exception {
        both(file(name, content.getBytes(StandardCharsets.UTF_8)), 3, name, said);
    }

    @Test
    void an_executable_that_is_none_is_refused() throws Exception {
        byte[] elf = new byte[4096];
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}, 0, elf, 0, 7);
        both(file("program", elf), 3, "cannot run program: it is a piece of a program or a memory dump");
    }

    @Test
    void a_jar_that_was_cut_short_is_refused() throws Exception {
        byte[] whole = Files.readAllBytes(jobs.sample("jobs-2.1"));
        both(file("half.jar", Arrays.copyOf(whole, whole.length / 2)), 3, "half.jar", "cut short");
    }

    @Test
    void a_jar_with_a_damaged_byte_is_refused() throws Exception {
        byte[] bytes = Files.readAllBytes(jobs.sample("jobs-2.1"));
        for (int i = 0; i < 64; i++) {
            bytes[bytes.length / 2 + i] ^= 0x55;
        }
        both(file("damaged.jar", bytes), 3, "damaged.jar: it is damaged", "fetch it again");
    }

    @Test
    void a_jar_that_cannot_be_run_is_refused() throws Exception {
        Path library = files.resolve("library.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(library))) {
            out.putNextEntry(new JarEntry("META-INF/MANIFEST.MF"));
            out.write("Manifest-Version: 1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            out.closeEntry();
        }
        both(library, 3, "library.jar: its manifest names no Main-Class", "library");
    }

    @Test
    void a_jar_for_a_newer_java_is_refused_with_both_numbers() throws Exception {
        both(
                jobs.sample("jobs-9.0-newer-java"),
                3,
                "needs Java 55",
                "this is Java " + Runtime.version().feature());
    }

    @Test
    void a_jar_whose_migrations_are_not_those_that_were_applied_is_refused() throws Exception {
        both(jobs.sample("jobs-1.0-altered"), 3, "jobs", "V4");
    }

    @Test
    void what_is_not_there_or_is_a_directory_fails_before_anything_is_changed() throws Exception {
        int operation = jobs.operation();
        both(files.resolve("nothing.jar"), 1, "nothing.jar: no such file");
        both(files, 1, "it is a directory");
        assertThat(jobs.operation()).as("operations").isEqualTo(operation);
    }

    @Test
    void a_file_that_the_user_may_not_read_fails_before_anything_is_changed(@TempDir Path directory) throws Exception {
        assumeTrue(isRoot() && works("setpriv", "--version"), "needs root and setpriv to become another user");
        // Down to the temporary directory, so that the other user can get there at all.
        assertThat(new ProcessBuilder("chmod", "755", directory.toString())
                        .start()
                        .waitFor())
                .isZero();
        List<String> asNobody = List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");
        try (Deployed other = new Deployed(directory)) {
            Path secret = Files.copy(jobs.sample("jobs-1.0"), directory.resolve("secret.jar"));
            assertThat(new ProcessBuilder("sh", "-c", "chown -R 65534:65534 jobs tmp; chmod 600 secret.jar")
                            .directory(directory.toFile())
                            .start()
                            .waitFor())
                    .isZero();
            Result version = other.runUnder(asNobody, Map.of(), "--version");
            assumeTrue(version.exit() == 0, "another user cannot read ccupgrade's jar here");
            says(other.runUnder(asNobody, Map.of(), "install", secret.toString()), 1, "secret.jar: permission denied");
            assertThat(other.home.resolve("releases")).doesNotExist();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mkdir, is a directory",
        "file, is a plain file",
        "/nonexistent/1.jar, does not exist",
        "9.jar, does not exist",
        "/etc/hostname, which is outside"
    })
    void a_link_that_names_no_release_is_refused_and_left_as_it_is(String target, String said) throws Exception {
        assumeTrue(!target.startsWith("/etc") || Files.exists(Path.of(target)), "needs " + target);
        Path link = jobs.link();
        Path aside = link.resolveSibling("aside");
        Files.move(link, aside);
        try {
            switch (target) {
                case "mkdir" -> Files.createDirectory(link);
                case "file" -> Files.writeString(link, "text");
                default -> Files.createSymbolicLink(link, Path.of(target));
            }
            both(jobs.sample("jobs-2.1"), 3, link.toString(), said);
            says(jobs.run("rollback"), 3, link.toString(), said);
            assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isTrue();
        } finally {
            Files.move(aside, link, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void a_current_release_whose_file_was_deleted_is_told_and_not_papered_over() throws Exception {
        Path file = link();
        Path aside = files.resolve("aside.jar");
        Files.move(file, aside);
        try {
            both(
                    jobs.sample("jobs-2.1"),
                    3,
                    jobs.link().toString(),
                    file.getFileName().toString(),
                    "does not exist");
        } finally {
            Files.move(aside, file);
        }
    }

    private Path link() throws IOException {
        return jobs.link().resolveSibling(jobs.current());
    }

    /** Runs with other databases configured, and puts the configuration back. */
    private void withDatabases(String databases, int exit, String... phrases) throws Exception {
        jobs.configure("[state]\ndatabases = [" + databases + "]\n");
        try {
            both(jobs.sample("jobs-2.1"), exit, phrases);
        } finally {
            jobs.configure("");
        }
    }

    @Test
    void a_database_that_has_vanished_is_refused() throws Exception {
        withDatabases("\"var/jobs.db\", \"var/gone.db\"", 3, "cannot find var/gone.db");
    }

    @Test
    void a_database_that_is_none_is_refused() throws Exception {
        Path text = Files.writeString(jobs.home.resolve("var/text.db"), "no database at all");
        withDatabases("\"var/jobs.db\", \"var/text.db\"", 3, "cannot read var/text.db: not an SQLite database");
        Files.delete(text);
    }

    @Test
    void a_database_that_somebody_else_has_locked_is_refused_with_who_it_is() throws Exception {
        Path other = jobs.home.resolve("var/other.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (x)");
            statement.execute("BEGIN EXCLUSIVE");
            jobs.configure("[state]\ndatabases = [\"var/jobs.db\", \"var/other.db\"]\n");
            says(
                    jobs.install("jobs-2.1"),
                    3,
                    "cannot read var/other.db: locked by process "
                            + ProcessHandle.current().pid());
        } finally {
            jobs.configure("");
        }
        Files.delete(other);
    }

    @Test
    void a_stranger_who_has_the_database_open_is_refused_by_number() throws Exception {
        Process stranger = new ProcessBuilder("sh", "-c", "exec 3<jobs.db; echo open; exec sleep 60")
                .directory(jobs.home.resolve("var").toFile())
                .start();
        try {
            assertThat(stranger.getInputStream().read()).isEqualTo('o');
            both(
                    jobs.sample("jobs-2.1"),
                    3,
                    "process " + stranger.pid() + " (",
                    "has var/jobs.db open and is not the service");
        } finally {
            stranger.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_database_that_flyway_left_dirty_is_refused() throws Exception {
        jobs.execute("UPDATE flyway_schema_history SET success = 0 WHERE version = '4'");
        try {
            both(
                    jobs.sample("jobs-2.1"),
                    3,
                    "cannot upgrade from var/jobs.db",
                    "an earlier migration of it did not end");
        } finally {
            jobs.execute("UPDATE flyway_schema_history SET success = 1 WHERE version = '4'");
        }
    }

    @Test
    void a_database_that_golang_migrate_left_dirty_is_refused() throws Exception {
        jobs.execute("CREATE TABLE schema_migrations (version uint64, dirty bool)");
        try {
            jobs.execute("INSERT INTO schema_migrations VALUES (7, 1)");
            both(jobs.sample("jobs-2.1"), 3, "cannot upgrade from var/jobs.db", "7", "did not end");
        } finally {
            jobs.execute("DROP TABLE schema_migrations");
        }
    }

    @Test
    void a_mistake_in_the_configuration_is_told_with_line_and_key() throws Exception {
        Path toml = jobs.home.resolve("ccupgrade.toml");
        String good = Files.readString(toml);
        try {
            Files.writeString(toml, "nmae = \"jobs\"\n" + good);
            says2(jobs.install("jobs-2.1"), "line 1", "nmae");
            Files.writeString(toml, good.replace("timeout = \"20s\"", "timeout = 20"));
            says2(jobs.install("jobs-2.1"), "line ", "timeout");
            says2(jobs.run("rollback"), "timeout");
            Files.writeString(toml, "name = [\n");
            says2(jobs.install("jobs-2.1"), "line ");
        } finally {
            Files.writeString(toml, good);
        }
        says2(jobs.runAt(files.resolve("nowhere"), "rollback"), "nowhere", "no such directory");
    }

    private void says2(Result result, String... phrases) {
        assertThat(result.exit()).as(result.all()).isEqualTo(2);
        assertThat(result.err()).contains(phrases);
    }

    @Test
    void a_rollback_to_nowhere_is_refused() throws Exception {
        says(jobs.run("rollback"), 3, "cannot go back from 2.0", "no good release before it", "ccupgrade list");
        says(jobs.run("rollback", "7.7"), 3, "cannot find release 7.7", "2.0 (");
        Result same = jobs.run("rollback", "2.0");
        assertThat(same.exit()).as(same.all()).isZero();
        assertThat(same.out()).contains("is the current release");
    }

    @Test
    void without_a_java_that_could_run_the_release_it_is_refused() throws Exception {
        String jar = jobs.sample("jobs-2.1").toString();
        says(
                jobs.runUnder(List.of(), Map.of("JAVA_HOME", "/nonexistent"), "install", jar),
                3,
                "cannot run jars with /nonexistent",
                "correct JAVA_HOME");
        says(
                jobs.runUnder(List.of(), Map.of("JAVA_HOME", "", "PATH", "/nonexistent"), "install", jar),
                3,
                "cannot find a java to run jars with",
                "java in [service]");
    }

    private Result inOwnMounts(String script, String... arguments) throws Exception {
        assumeTrue(isRoot() && works("unshare", "-m", "true"), "needs root and unshare to mount something");
        return jobs.runUnder(
                List.of("unshare", "-m", "sh", "-ec", script + "; exec \"$@\"", "sh"), Map.of(), arguments);
    }

    @Test
    void a_releases_directory_on_a_read_only_disk_fails_before_anything_is_changed() throws Exception {
        Result result = inOwnMounts(
                "mount --bind releases releases; mount -o remount,bind,ro releases",
                "install",
                jobs.sample("jobs-2.1").toString());
        says(result, 1, jobs.home.resolve("releases").toString(), "Read-only file system");
    }

    @Test
    void a_releases_directory_on_a_full_disk_fails_before_anything_is_changed() throws Exception {
        Result result = inOwnMounts(
                "mkdir -p ../small; mount -t tmpfs -o size=3m none ../small; cp -a releases/. ../small;"
                        + " mount --bind ../small releases",
                "install",
                jobs.sample("jobs-2.1").toString());
        says(result, 1, jobs.home.resolve("releases").toString(), "No space left on device", "df -h");
    }

    @Test
    void too_little_space_for_a_snapshot_and_a_migration_is_refused_with_both_numbers() throws Exception {
        Result result = inOwnMounts(
                "mkdir -p .ccupgrade/snapshots; mount -t tmpfs -o size=9m none .ccupgrade/snapshots",
                "install",
                jobs.sample("jobs-2.1").toString());
        says(result, 3, jobs.home.resolve(".ccupgrade/snapshots").toString(), "9.4 MB free", "free some space");
    }

    @Test
    void too_small_a_place_for_the_migrations_temporary_files_is_refused_with_both_numbers() throws Exception {
        String script =
                "mkdir -p ../small; mount -t tmpfs -o size=16k none ../small; export SQLITE_TMPDIR=$PWD/../small";
        String jar = jobs.sample("jobs-3.0-loses").toString();
        for (List<String> arguments :
                List.of(List.of("install", jar), List.of("install", "--dry-run", jar), List.of("rehearse", jar))) {
            says(
                    inOwnMounts(script, arguments.toArray(String[]::new)),
                    3,
                    "cannot be sure of the space on " + jobs.home.resolveSibling("small") + " (tmpfs): ",
                    "needed (temporary files ",
                    "16.4 kB free",
                    "SQLITE_TMPDIR",
                    "--accept-low-space");
        }
    }

    @Test
    void a_home_on_a_read_only_disk_fails_before_anything_is_changed() throws Exception {
        int operation = jobs.operation();
        Result result = inOwnMounts(
                "mount --bind .ccupgrade .ccupgrade; mount -o remount,bind,ro .ccupgrade",
                "install",
                jobs.sample("jobs-2.1").toString());
        says(result, 1, "Read-only file system");
        assertThat(jobs.operation()).as("operations").isEqualTo(operation);
    }

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    static boolean works(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
