package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.config.Config;
import ccupgrade.config.ConfigFile;
import ccupgrade.upgrade.Example;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code init --profile cc-backend} in what its administrators have today. */
class InitCcBackendTest {

    private static final String SINCE_1_5 = """
            {
              "main": {"addr": "0.0.0.0:8080", "db": "./var/cc.db", "user": "clustercockpit", "group": "clustercockpit"},
              "archive": {"kind": "file", "path": "./var/archive"},
              "ui-file": "ui-config.json"
            }
            """;

    private static final String BEFORE_1_5 = """
            {
              "addr": "127.0.0.1:8081",
              "archive": {"kind": "file", "path": "/data/job-archive"},
              "clusters": [],
              "jwts": {}
            }
            """;

    @TempDir
    private Path directory;

    private Path home;
    private Path units;
    private Screen screen = new Screen(Screen.NO_TERMINAL);

    @BeforeEach
    void makeHome() throws Exception {
        home = Files.createDirectories(directory.toRealPath().resolve("cc-backend"));
        units = Files.createDirectories(directory.toRealPath().resolve("units"));
        Files.createDirectories(home.resolve("var"));
        Files.writeString(home.resolve(".env"), "SESSION_KEY=\"a secret\"\n");
    }

    private int run(String... arguments) {
        screen = new Screen(Screen.NO_TERMINAL);
        Session session = new Session(screen.options, new Example(home).surroundings(), home);
        return Root.commandLine(
                        screen.console,
                        screen.options,
                        new InitCommand(screen.console, screen.options, session, List.of(units)))
                .execute(arguments);
    }

    private Config written() throws Exception {
        return ConfigFile.read(home.resolve("ccupgrade.toml"));
    }

    private void configured(String json) throws IOException {
        Files.writeString(home.resolve("config.json"), json);
    }

    private void unit(String... lines) throws IOException {
        Files.write(units.resolve("clustercockpit.service"), List.of(lines));
    }

    private void database(String name, int version) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve(name));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE schema_migrations (version uint64, dirty bool)");
            statement.execute("INSERT INTO schema_migrations VALUES (" + version + ", false)");
        }
    }

    private void executable(String name, String content) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + content + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void reads_the_configuration_of_today_with_the_unit_and_the_versions() throws Exception {
        configured(SINCE_1_5);
        unit(
                "[Service]",
                "WorkingDirectory=" + home,
                "ExecStart=-" + home + "/bin/cc-backend --config ./config.json --server");
        database("var/cc.db", 10);
        Files.createDirectories(home.resolve("var/archive"));
        Files.writeString(home.resolve("var/archive/version.txt"), "3\n");

        assertThat(run("init", "--profile", "cc-backend")).as(screen.err()).isZero();

        Config config = written();
        assertThat(config.profile()).isEqualTo("cc-backend");
        assertThat(config.service().unit()).isEqualTo("clustercockpit.service");
        assertThat(config.service().user()).isEqualTo("clustercockpit");
        assertThat(config.state().databases()).containsExactly("var/cc.db");
        assertThat(config.state().files()).containsExactly("config.json", ".env", "ui-config.json");
        assertThat(config.state().archive()).isEqualTo(new Config.Archive("var/archive", "version.txt", false));
        assertThat(config.health().http()).isEqualTo(URI.create("http://localhost:8080/login"));
        assertThat(config.releases().link()).isEqualTo("bin/cc-backend");
        assertThat(config.migrations().steps())
                .extracting(Config.Migration::args)
                .contains(List.of("-migrate-db"));
        assertThat(screen.out())
                .contains("schema 10", "var/archive, version 3", "config.json, as since 1.5", "ccupgrade install FILE")
                .doesNotContain("[migration]")
                .doesNotContain("secret");
        assertThat(screen.err()).isEmpty();
        assertThat(Files.readString(home.resolve("ccupgrade.toml"))).doesNotContain("secret");
    }

    @Test
    void reads_the_configuration_of_before() throws Exception {
        configured(BEFORE_1_5);
        database("var/job.db", 7);

        assertThat(run("init", "--profile", "cc-backend")).as(screen.err()).isZero();

        Config config = written();
        assertThat(config.service().manager()).isEqualTo(Config.Manager.PROCESS);
        assertThat(config.service().args()).containsExactly("-config", "config.json", "-server");
        assertThat(config.service().user()).isNull();
        assertThat(config.state().databases()).containsExactly("var/job.db");
        assertThat(config.state().archive()).isEqualTo(new Config.Archive("/data/job-archive", "version.txt", false));
        assertThat(config.health().http()).isEqualTo(URI.create("http://127.0.0.1:8081/login"));
        assertThat(config.releases().link()).isEqualTo("cc-backend");
        assertThat(screen.out()).contains("schema 7", "/data/job-archive, version not known", "as before 1.5");
    }

    @Test
    void a_user_of_the_unit_needs_no_second_word() throws Exception {
        configured(SINCE_1_5);
        unit("[Service]", "User=cc", "WorkingDirectory=" + home, "ExecStart=" + home + "/cc-backend -server");

        assertThat(run("init", "--profile", "cc-backend")).isZero();

        assertThat(written().service().user()).isNull();
    }

    @Test
    void another_configuration_file_is_given_to_the_migration_too() throws Exception {
        Files.createDirectories(home.resolve("etc"));
        Files.writeString(home.resolve("etc/cc.json"), SINCE_1_5);
        unit("[Service]", "WorkingDirectory=" + home, "ExecStart=" + home + "/cc-backend -config=etc/cc.json -server");

        assertThat(run("init", "--profile", "cc-backend")).as(screen.err()).isZero();

        assertThat(written().state().files()).contains("etc/cc.json");
        assertThat(written().migrations().steps().get(0).args())
                .containsExactly("-config", "etc/cc.json", "-migrate-db");
    }

    @Test
    void an_archive_that_is_no_directory_is_left_alone_and_said_so() throws Exception {
        configured("{\"main\": {}, \"archive\": {\"kind\": \"s3\", \"bucket\": \"jobs\"}}");

        assertThat(run("init", "--profile", "cc-backend")).isZero();

        assertThat(written().state().archive()).isNull();
        assertThat(screen.err()).contains("the job archive is of kind s3");
    }

    @Test
    void https_is_asked_at_the_name_that_the_certificate_is_for() throws Exception {
        Process keytool = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/keytool",
                        "-genkeypair",
                        "-alias",
                        "cc",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=cc",
                        "-ext",
                        "san=dns:*.example.org,dns:cc.example.org",
                        "-keystore",
                        "store",
                        "-storepass",
                        "not-secret")
                .directory(home.toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        assertThat(new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/keytool",
                                "-exportcert",
                                "-rfc",
                                "-alias",
                                "cc",
                                "-file",
                                "cert.pem",
                                "-keystore",
                                "store",
                                "-storepass",
                                "not-secret")
                        .directory(home.toFile())
                        .start()
                        .waitFor())
                .isZero();
        configured("""
                {"main": {"addr": "0.0.0.0:443", "https-cert-file": "cert.pem", "https-key-file": "key.pem"}}
                """);

        assertThat(run("init", "--profile", "cc-backend")).isZero();

        assertThat(written().health().http()).isEqualTo(URI.create("https://cc.example.org:443/login"));
    }

    @Test
    void where_no_cc_backend_is_nothing_is_written() throws Exception {
        assertThat(run("init", "--profile", "cc-backend")).isEqualTo(3);
        assertThat(screen.err()).contains("there is no " + home.resolve("config.json"), "WorkingDirectory");

        configured("{\"main\": ");
        assertThat(run("init", "--profile", "cc-backend")).isEqualTo(3);
        assertThat(screen.err()).contains("is not JSON");

        configured("{\"db-driver\": \"mysql\", \"db\": \"user:secret@host/db\"}");
        assertThat(run("init", "--profile", "cc-backend")).isEqualTo(3);
        assertThat(screen.err()).contains("a database of mysql").doesNotContain("secret");

        assertThat(run("init", "--profile", "war")).isEqualTo(2);
        assertThat(screen.err()).contains("profile \"war\"", "jar, cc-backend");
        assertThat(home.resolve("ccupgrade.toml")).doesNotExist();
    }

    @Test
    void what_would_be_adopted_is_said_before_it_is_done() throws Exception {
        configured(BEFORE_1_5);
        executable("archive/20240131-cc-backend", "exit 0");
        executable("20240613-cc-backend", "exit 1");
        Files.createSymbolicLink(home.resolve("cc-backend"), Path.of("archive/20240131-cc-backend"));

        assertThat(run("init", "--profile", "cc-backend")).isZero();
        assertThat(screen.out())
                .contains("to adopt", "archive/20240131-cc-backend, 17 B, which the service is started from")
                .contains("20240613-cc-backend, 17 B\n")
                .contains("ccupgrade init --adopt");
        assertThat(home.resolve("releases")).doesNotExist();
        assertThat(Files.readSymbolicLink(home.resolve("cc-backend"))).hasToString("archive/20240131-cc-backend");

        assertThat(run("init", "--adopt")).isZero();
        assertThat(screen.out())
                .contains("archive/20240131-cc-backend as 1706659200, never started; the link names it")
                .contains("20240613-cc-backend as 1718236800, never started\n")
                .contains("careful  an adopted file is the release itself");
        assertThat(home.resolve("cc-backend"))
                .isSymbolicLink()
                .hasSameBinaryContentAs(home.resolve("archive/20240131-cc-backend"));
        assertThat(home.resolve("archive/20240131-cc-backend")).isExecutable();

        assertThat(run("init", "--adopt")).isZero();
        assertThat(screen.out()).contains("adopted  nothing");
    }

    @Test
    void programs_get_what_was_adopted_as_json() throws Exception {
        configured(BEFORE_1_5);
        executable("cc-backend", "exit 0");

        assertThat(run("init", "--profile", "cc-backend", "-y", "-o", "json")).isZero();

        JsonObject document = JsonParser.parseString(screen.out()).getAsJsonObject();
        assertThat(document.get("profile").getAsString()).isEqualTo("cc-backend");
        JsonObject adopted = document.getAsJsonArray("adopted").get(0).getAsJsonObject();
        assertThat(adopted.get("origin").getAsString()).isEqualTo("cc-backend");
        assertThat(adopted.get("current").getAsBoolean()).isTrue();
        assertThat(document.getAsJsonArray("toAdopt")).isEmpty();
        assertThat(home.resolve("cc-backend")).isSymbolicLink();
    }
}
