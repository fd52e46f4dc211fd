package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.it.Deployed.Result;
import ccupgrade.sample.BackendReleases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way of a cc-backend from 1.3 to 1.5 under a real systemd: database, archive and configuration change together, and come back
 * together when the second migration fails.
 */
class CcBackendIT {

    private static final String JAVA_HOME = System.getProperty("java.home");

    private static final String CONFIG_7 = """
            {"addr": "127.0.0.1:8090", "jwts": {}, "clusters": [{}]}
            """;

    private static final String CONFIG_8 = """
            {"addr": "127.0.0.1:8090", "jwts": {}, "clusters": [{}], "apiAllowedIPs": ["*"]}
            """;

    private static final String CONFIG_11 = """
            {"main": {"addr": "127.0.0.1:8090", "api-allowed-ips": ["*"]}, "archive": {"kind": "file", "path": "./var/job-archive"}}
            """;

    /** What an administrator would do by hand: there is no program for it. */
    private static final String TO_ARCHIVE_2 = """
            #!/bin/sh
            set -e
            find "$1" -name meta.json -exec sed -i 's/}$/, "edited": true}/' {} +
            echo 2 > "$1/version.txt"
            """;

    @TempDir
    private Path directory;

    private SystemdHost host;
    private Path home;

    @BeforeEach
    void install_by_hand() throws Exception {
        host = new SystemdHost(directory);
        home = Files.createDirectories(host.home.resolve("cc-backend"));
        host.home = home;
        Files.createDirectories(home.resolve("archive"));
        Files.copy(BackendReleases.program("v7"), home.resolve("archive/20240131-cc-backend"));
        Files.createSymbolicLink(home.resolve("cc-backend"), Path.of("archive/20240131-cc-backend"));
        Files.createDirectories(home.resolve("var/job-archive"));
        Files.writeString(home.resolve("var/job-archive/version.txt"), "1\n");
        Files.writeString(home.resolve("config.json"), CONFIG_7);
        Files.writeString(home.resolve("config-8.json"), CONFIG_8);
        Files.writeString(home.resolve("config-11.json"), CONFIG_11);
        Files.writeString(home.resolve(".env"), "SESSION_KEY=\"x\"\nJOB_EVERY_MS=5\n");
        Path script = Files.writeString(home.resolve("to-archive-2"), TO_ARCHIVE_2);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        host.write("/etc/systemd/system/clustercockpit.service", """
                [Service]
                Type=notify
                NotifyAccess=all
                WorkingDirectory=%s
                Environment=JAVA_HOME=%s
                ExecStart=%s/cc-backend --config ./config.json --server
                Restart=on-failure
                RestartSec=100ms
                [Install]
                WantedBy=multi-user.target
                """.formatted(home, JAVA_HOME, home));
        done(host.systemctl("daemon-reload"));
        done(host.exec("sh", "-c", "cd '" + home + "' && JAVA_HOME=" + JAVA_HOME + " ./cc-backend -migrate-db"));
        done(host.systemctl("enable", "--now", "--quiet", "clustercockpit"));
    }

    @AfterEach
    void shut_down() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    @Test
    void goes_from_7_over_8_to_11_and_comes_back_whole_from_each_failure() throws Exception {
        assertRuns("1.3.1");
        // Unit files are looked for where ccupgrade runs: in the host.
        assertThat(done(host.run("init", "--profile", "cc-backend", "--adopt", "--systemd"))
                        .out())
                .contains("schema 7", "var/job-archive, version 1", "1706659200, good; the link names it");
        assertThat(link()).isEqualTo("releases/1706659200");
        configure("#stable = \"5s\"", "stable = \"1s\"");
        configure("#environment = { KEY = \"value\" }", "environment = { JAVA_HOME = \"" + JAVA_HOME + "\" }");

        // Two versions of the archive at once.
        Result refused = install("v11", "config-11.json");
        assertThat(refused.exit()).as(refused.all()).isEqualTo(3);
        assertThat(refused.err()).contains("version 2 of the archive");
        assertRuns("1.3.1");

        String withoutMigrations = Files.readString(home.resolve("ccupgrade.toml"));
        Files.writeString(home.resolve("ccupgrade.toml"), withoutMigrations + """

                [[migration]]
                name = "database"
                args = ["-migrate-db"]
                [[migration]]
                name = "archive"
                of = "archive"
                command = ["{home}/to-archive-2", "{archive}"]
                """);
        done(install("v8", "config-8.json"));
        assertRuns("1.4.4");
        assertThat(schema()).isEqualTo("8|false");
        assertThat(home.resolve("var/job-archive/version.txt")).hasContent("2");
        assertThat(home.resolve("config.json")).hasContent(CONFIG_8);
        Files.writeString(home.resolve("ccupgrade.toml"), withoutMigrations);

        for (String bad : List.of("v11-bad-database", "v11-bad-archive")) {
            awaitArchived();
            String link = link();
            long promised = acknowledged();
            Map<String, String> archive = archive();

            Result failed = install(bad, "config-11.json");

            assertThat(failed.exit()).as(failed.all()).isEqualTo(4);
            assertThat(failed.err()).contains("cannot migrate", "evidence");
            assertRuns("1.4.4");
            assertThat(link()).isEqualTo(link);
            assertThat(home.resolve("config.json")).hasContent(CONFIG_8);
            assertThat(schema()).isEqualTo("8|false");
            assertThat(jobs()).isGreaterThanOrEqualTo(promised);
            // The service has gone on since: more may have come, and nothing else.
            assertThat(archive()).containsAllEntriesOf(archive);
            assertThat(archive().values()).noneMatch(text -> text.contains("shared"));
        }

        // A rehearsal would have found it, and leaves everything as it is.
        Map<String, String> before = archive();
        Result caught = rehearse("v11-bad-archive");
        assertThat(caught.exit()).as(caught.all()).isEqualTo(1);
        assertThat(caught.err()).contains("cannot migrate the archive", "it is not what was expected");
        assertThat(done(rehearse("v11")).all())
                .contains("1.5.4 is rehearsed", "schema     8 → 11")
                .containsPattern("archive +.* of that; .* were written");
        assertThat(archive()).containsAllEntriesOf(before);
        assertThat(archive().values()).noneMatch(text -> text.contains("shared"));
        assertRuns("1.4.4");

        long promised = acknowledged();
        int archived = archive().size();
        done(install("v11", "config-11.json"));
        assertRuns("1.5.4");
        assertThat(schema()).isEqualTo("11|false");
        assertThat(jobs()).isGreaterThanOrEqualTo(promised);
        assertThat(archive()).hasSizeGreaterThanOrEqualTo(archived).containsEntry("version.txt", "3\n");
        assertThat(archive().values()).noneMatch(text -> text.contains("exclusive"));
        assertThat(home.resolve("config.json")).hasContent(CONFIG_11);
        assertThat(home.resolve("archive/20240131-cc-backend")).isExecutable();
    }

    private static Result done(Result result) {
        assertThat(result.exit()).as(result.all()).isZero();
        return result;
    }

    private Result install(String release, String configuration) throws Exception {
        Path archive = BackendReleases.archive(release);
        return host.run(
                "install",
                archive.toString(),
                "--checksums",
                archive.resolveSibling("checksums.txt").toString(),
                "--replace",
                "config.json=" + home.resolve(configuration));
    }

    private Result rehearse(String release) throws Exception {
        return host.run(
                "rehearse",
                BackendReleases.archive(release).toString(),
                "--replace",
                "config.json=" + home.resolve("config-11.json"));
    }

    private void configure(String from, String to) throws IOException {
        Path file = home.resolve("ccupgrade.toml");
        String text = Files.readString(file);
        assertThat(text).contains(from);
        int at = text.indexOf(from);
        Files.writeString(file, text.substring(0, at) + to + text.substring(at + from.length()));
    }

    private void assertRuns(String version) throws Exception {
        String page = "";
        for (int i = 0; i < 100 && !page.contains(version); i++) {
            page = host.exec("curl", "-s", "http://127.0.0.1:8090/login").out();
            Thread.sleep(100);
        }
        assertThat(page).as(host.systemctl("status", "clustercockpit").all()).contains("Version " + version);
        assertThat(host.systemctl("is-active", "clustercockpit").out()).isEqualToIgnoringNewLines("active");
        assertThat(host.isHeld()).isFalse();
    }

    private String link() throws IOException {
        return Files.readSymbolicLink(home.resolve("cc-backend")).toString().replaceFirst("/cc-backend$", "");
    }

    private String schema() throws Exception {
        return asked("SELECT version || '|' || CASE dirty WHEN 0 THEN 'false' ELSE 'true' END FROM schema_migrations");
    }

    /** How many there are; they are numbered without a gap. */
    private long jobs() throws Exception {
        String[] counted = asked("SELECT count(*) || '|' || max(id) FROM job").split("\\|");
        assertThat(counted[0]).isEqualTo(counted[1]);
        return Long.parseLong(counted[0]);
    }

    private String asked(String query) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("var/job.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.getString(1);
        }
    }

    private long acknowledged() throws IOException {
        return Long.parseLong(
                Files.readString(home.resolve("var/job.db.acknowledged")).strip());
    }

    /** Every file of the archive by its name in it. */
    private Map<String, String> archive() throws IOException {
        Path root = home.resolve("var/job-archive");
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = new ArrayList<>(all.filter(Files::isRegularFile).toList());
        }
        Map<String, String> content = new TreeMap<>();
        for (Path file : files) {
            String text = Files.readString(file);
            // One that is being written is not whole yet.
            if (text.endsWith("\n")) {
                content.put(root.relativize(file).toString(), text);
            }
        }
        return content;
    }

    private void awaitArchived() throws Exception {
        int before = archive().size();
        Deployed.await("some jobs more are archived", () -> {
            try {
                return archive().size() > before + 2;
            } catch (IOException e) {
                return false;
            }
        });
    }
}
