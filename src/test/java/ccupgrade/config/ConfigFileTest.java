package ccupgrade.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import ccupgrade.config.Config.Address;
import ccupgrade.config.Config.Manager;
import ccupgrade.fault.Misuse;
import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {

    private static final String FULL = """
            name = "jobs"
            profile = "jar"
            [service]
            manager = "process"
            args = ["-server", ""]
            environment = { KEY = "value", B = "1" }
            java = "/usr/lib/jvm/java-17/bin/java"
            stop-timeout = "90s"
            start-timeout = "1h30m"
            [state]
            databases = ["var/jobs.db", "/data/*.db"]
            [migration]
            args = ["-migrate-db"]
            timeout = "2d"
            [health]
            http = "http://127.0.0.1:8080/health"
            timeout = "2m"
            stable = "0s"
            [rehearsal]
            environment = { KEY = "another" }
            args = ["-server", "-port", "18080"]
            http = "http://127.0.0.1:18080/health"
            [releases]
            directory = "releases"
            link = "releases/current"
            """;

    private final Path home = Jimfs.newFileSystem(Configuration.unix()).getPath("/srv/jobs");
    private final Path file = home.resolve("ccupgrade.toml");

    @BeforeEach
    void makeHome() throws Exception {
        Files.createDirectories(home);
    }

    @Test
    void reads_every_key() throws Exception {
        Config config = read(FULL);

        assertThat(config.name()).isEqualTo("jobs");
        assertThat(config.profile()).isEqualTo("jar");
        assertThat(config.service())
                .isEqualTo(new Config.Service(
                        Manager.PROCESS,
                        null,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of("-server", ""),
                        Map.of("KEY", "value", "B", "1"),
                        null,
                        home.getFileSystem().getPath("/usr/lib/jvm/java-17/bin/java"),
                        Duration.ofSeconds(90),
                        Duration.ofMinutes(90)));
        assertThat(config.state().databases()).containsExactly("var/jobs.db", "/data/*.db");
        assertThat(config.migrations())
                .isEqualTo(new Config.Migrations(List.of(new Config.Migration(
                        "migration",
                        Config.Subject.DATABASE,
                        List.of("-migrate-db"),
                        List.of(),
                        Duration.ofDays(2),
                        null,
                        Map.of()))));
        assertThat(config.health())
                .isEqualTo(new Config.Health(
                        URI.create("http://127.0.0.1:8080/health"),
                        null,
                        List.of(),
                        Duration.ofMinutes(2),
                        Duration.ZERO));
        assertThat(config.rehearsal())
                .isEqualTo(new Config.Rehearsal(
                        Map.of("KEY", "another", "B", "1"),
                        List.of("-server", "-port", "18080"),
                        URI.create("http://127.0.0.1:18080/health"),
                        null,
                        List.of()));
        assertThat(config.releases()).isEqualTo(new Config.Releases("releases", "releases/current"));
    }

    @Test
    void a_rehearsed_release_is_started_like_the_service_but_for_what_differs() throws Exception {
        Config config = read("""
                [service]
                args = ["-server"]
                environment = { PORT = "8080", KEY = "value" }
                [health]
                http = "http://localhost:8080/health"
                [rehearsal]
                environment = { PORT = "18080" }
                tcp = "localhost:18080"
                """);

        assertThat(config.rehearsal().starts()).isTrue();
        assertThat(config.rehearsal().args()).containsExactly("-server");
        assertThat(config.rehearsal().environment()).isEqualTo(Map.of("PORT", "18080", "KEY", "value"));
        assertThat(read("[service]\nargs = [\"-server\"]").rehearsal().starts()).isFalse();
    }

    @Test
    void a_directory_without_a_file_has_the_defaults_and_its_own_name() throws Exception {
        Deployment deployment = ConfigFile.load(home);

        assertThat(deployment).isEqualTo(new Deployment(home, ConfigFile.defaults("jobs")));
        assertThat(deployment.config().state().databases()).containsExactly("var/*.db");
        assertThat(deployment.config().migrations().atStart()).isTrue();
        assertThat(deployment.link().toString()).isEqualTo("/srv/jobs/releases/current");
    }

    @Test
    void an_empty_file_has_the_defaults_too() throws Exception {
        assertThat(read("")).isEqualTo(ConfigFile.defaults("jobs"));
        assertThat(read("\uFEFF# nothing\r\n[service]\r\n")).isEqualTo(ConfigFile.defaults("jobs"));
    }

    @Test
    void a_link_to_nowhere_is_a_mistake_and_not_an_absent_file() throws Exception {
        Files.createSymbolicLink(file, home.resolve("absent.toml"));

        assertThatThrownBy(() -> ConfigFile.load(home))
                .isInstanceOf(Misuse.class)
                .hasMessage("cannot read /srv/jobs/ccupgrade.toml");
    }

    @Test
    void a_directory_whose_name_is_not_printable_gives_a_printable_name() {
        assertThat(ConfigFile.nameOf(home.resolve("a\u001bb"))).isEqualTo("a-b");
        assertThat(ConfigFile.nameOf(home.getFileSystem().getPath("/"))).isEqualTo("service");
    }

    @Test
    void the_link_lies_in_the_directory_unless_it_is_given() throws Exception {
        assertThat(read("[releases]\ndirectory = \"/opt/jobs\"").releases())
                .isEqualTo(new Config.Releases("/opt/jobs", "/opt/jobs/current"));
        assertThat(read("[releases]\nlink = \"jobs.jar\"").releases())
                .isEqualTo(new Config.Releases("releases", "jobs.jar"));
    }

    @Test
    void reads_the_other_managers_and_checks() throws Exception {
        Config systemd =
                read("[service]\nmanager = \"systemd\"\nunit = \"jobs@1.service\"\n[health]\ntcp = \"[::1]:80\"");
        assertThat(systemd.service().manager()).isEqualTo(Manager.SYSTEMD);
        assertThat(systemd.service().unit()).isEqualTo("jobs@1.service");
        assertThat(systemd.health().tcp()).isEqualTo(new Address("::1", 80)).hasToString("[::1]:80");

        Config command = read("""
                [service]
                manager = "command"
                start = ["a", "1"]
                stop = ["b"]
                status = ["c"]
                [migration]
                command = ["{release}", "-m"]
                [health]
                command = ["true"]
                """);
        assertThat(command.service().start()).containsExactly("a", "1");
        assertThat(command.service().stop()).containsExactly("b");
        assertThat(command.service().status()).containsExactly("c");
        assertThat(command.migrations().steps().get(0).command()).containsExactly("{release}", "-m");
        assertThat(command.migrations().atStart()).isFalse();
        assertThat(command.health().command()).containsExactly("true");
    }

    @Test
    void reads_several_migrations_in_their_order() throws Exception {
        Config.Migrations migrations = read("""
                [[migration]]
                name = "database"
                args = ["-migrate-db"]
                [[migration]]
                of = "archive"
                command = ["{release-dir}/archive-migration", "--archive", "{archive}"]
                timeout = "2d"
                stdin = "y\\n"
                environment = { LANG = "C" }
                [rehearsal]
                rehearse-above = "1GB"
                """).migrations();

        assertThat(migrations)
                .isEqualTo(new Config.Migrations(
                        List.of(
                                new Config.Migration(
                                        "database",
                                        Config.Subject.DATABASE,
                                        List.of("-migrate-db"),
                                        List.of(),
                                        Duration.ofHours(6),
                                        null,
                                        Map.of()),
                                new Config.Migration(
                                        "migration-2",
                                        Config.Subject.ARCHIVE,
                                        List.of(),
                                        List.of("{release-dir}/archive-migration", "--archive", "{archive}"),
                                        Duration.ofDays(2),
                                        "y\n",
                                        Map.of("LANG", "C"))),
                        1_000_000_000));
    }

    @Test
    void reads_what_belongs_to_the_state_besides_the_databases() throws Exception {
        Config.State state = read("""
                [state]
                files = ["config.json", ".env", "/etc/jobs/*.conf"]
                archive = "/data/archive"
                archive-version-file = "format"
                archive-migration-writes-new-files = true
                compress = false
                precopy-rate = "50MB"
                """).state();

        assertThat(state)
                .isEqualTo(new Config.State(
                        List.of("var/*.db"),
                        List.of("config.json", ".env", "/etc/jobs/*.conf"),
                        new Config.Archive("/data/archive", "format", true),
                        false,
                        50_000_000));
        assertThat(read("[state]\narchive = \"a\"").state().archive())
                .isEqualTo(new Config.Archive("a", "version.txt", false));
    }

    @Test
    void reads_how_releases_are_checked_run_and_asked() throws Exception {
        Config config = read("""
                [service]
                user = "jobs"
                [releases]
                executable = "bin/../jobs"
                link-to = "directory"
                keys = ["/etc/jobs.pub"]
                require-signature = true
                [versions]
                command = ["{release}", "-version"]
                database = 'db (\\d+)'
                """);

        assertThat(config.service().user()).isEqualTo("jobs");
        assertThat(config.releases())
                .isEqualTo(new Config.Releases(
                        "releases",
                        "releases/current",
                        Config.LinkTo.DIRECTORY,
                        "jobs",
                        true,
                        List.of("/etc/jobs.pub")));
        assertThat(config.versions().command()).containsExactly("{release}", "-version");
        assertThat(config.versions().database()).hasToString("db (\\d+)");
        assertThat(config.versions().version()).isNull();
        assertThat(config.versions().archive()).isNull();
    }

    @Test
    void the_profile_of_cc_backend_needs_nothing_else() throws Exception {
        Config config = read("profile = \"cc-backend\"");

        assertThat(config.state().databases()).containsExactly("var/job.db");
        assertThat(config.state().files()).containsExactly("config.json", ".env");
        assertThat(config.state().archive()).isEqualTo(new Config.Archive("var/job-archive", "version.txt", false));
        assertThat(config.migrations().steps())
                .extracting(Config.Migration::name, Config.Migration::of, Config.Migration::stdin)
                .containsExactly(
                        tuple("database", Config.Subject.DATABASE, null),
                        tuple("archive", Config.Subject.ARCHIVE, "y\n"));
        assertThat(config.releases().link()).isEqualTo("cc-backend");
        assertThat(config.releases().executable()).isEqualTo("cc-backend");
        assertThat(config.versions().command()).containsExactly("{release}", "-version");
    }

    @Test
    void what_the_profile_sets_can_be_set_otherwise() throws Exception {
        Config config = read("""
                profile = "cc-backend"
                [state]
                archive = false
                [[migration]]
                args = ["-migrate-db"]
                [releases]
                directory = "/data/releases"
                [versions]
                version = 'v(\\S+)'
                """);

        assertThat(config.state().archive()).isNull();
        assertThat(config.state().files()).containsExactly("config.json", ".env");
        assertThat(config.migrations().steps())
                .extracting(Config.Migration::of)
                .containsExactly(Config.Subject.DATABASE);
        assertThat(config.releases().directory()).isEqualTo("/data/releases");
        assertThat(config.releases().link()).isEqualTo("cc-backend");
        assertThat(config.versions().version()).hasToString("v(\\S+)");
        assertThat(config.versions().database()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "nmae = 'a'| nmae is not a known key; did you mean name?",
                "timeout = '1s'| timeout is not a known key; did you mean health.timeout or hooks.timeout or migration.timeout?",
                "migration = [{ args = ['a'] }, { args = ['b'], name = 'b' }]; timeout = '1s'| timeout is not a known key; did you mean health.timeout or hooks.timeout or migration.timeout?",
                "[service]; stop-timout = '1s'| service.stop-timout is not a known key; did you mean stop-timeout?",
                "[service]; stop_timeout = '1s'| service.stop_timeout is not a known key; did you mean stop-timeout?",
                "[state]; x = 1| state.x is not a known key; known here are databases, files, archive, archive-version-file, archive-migration-writes-new-files, compress, precopy-rate",
                "[servcie]; x = 1| servcie is not a known key; did you mean service?",
                "name = 1| name must be a text in quotes, not a number",
                "name = 'a/b'| name must be at most 100 printable characters without a slash",
                "name = ' '| name must not be empty",
                "profile = 'war'| profile is \"war\", which is not a known profile; there is jar, cc-backend",
                "service = 1| service must be a table, written once as [service]",
                "[[service]]| service must be a table, written once as [service]",
                "service.manager = 'docker'| service.manager is \"docker\"; it must be one of process, systemd, command",
                "service.manager = 'systemd'| service.manager is \"systemd\", which needs service.unit",
                "service.unit = 'a.service'| service.unit is only for manager = \"systemd\", and manager is \"process\"",
                "service.stop = ['a']| service.stop is only for manager = \"command\", and manager is \"process\"",
                "service = { manager = 'systemd', unit = '-H' }| service.unit is \"-H\", which is not the name of a systemd unit",
                "service = { manager = 'systemd', unit = 'a', args = ['b'] }| service.args is only for manager = \"process\", and manager is \"systemd\"",
                "service = { manager = 'command', start = ['a'], stop = ['a'] }| service.manager is \"command\", which needs service.status",
                "service = { manager = 'command', start = ['a'], stop = ['a'], status = [] }| service.status must begin with the program to run, such as [\"/usr/bin/true\"]",
                "service.args = 'a'| service.args must be a list of texts, such as [\"a\", \"b\"], not a text",
                "service.args = ['a', 1]| service.args holds a number at place 2; all its elements must be texts in quotes",
                "service.args = [\"a\\u0000\"]| service.args must not hold the character \\u0000",
                "service.environment = { A = 1 }| service.environment.A must be a text: put the value in quotes",
                "service.environment = { A = true }| service.environment.A must be a text: put the value in quotes",
                "service.environment = { 'A=B' = 'c' }| service.environment.\"A=B\" cannot be the name of an environment variable",
                "service.stop-timeout = 90| service.stop-timeout must be a duration in quotes, such as \"90s\", \"1h30m\" or \"500ms\"",
                "service.stop-timeout = ''| service.stop-timeout must be a duration in quotes, such as \"90s\", \"1h30m\" or \"500ms\"",
                "service.stop-timeout = '0s'| service.stop-timeout must be longer than nothing",
                "migration.timeout = '1001d'| migration.timeout must not be longer than 1000d",
                "state.databases = []| state.databases must name at least one database, such as \"var/*.db\"",
                "state.databases = ['../x.db']| state.databases holds \"../x.db\", which lies outside the home: write it as an absolute path",
                "state.databases = ['var/[.db']| state.databases holds \"var/[.db\", which is neither a path nor a pattern",
                "state.databases = ['var/']| state.databases holds \"var/\", which is neither a path nor a pattern",
                "state.databases = ['a', 'a']| state.databases holds \"a\" twice",
                "migration = { args = ['a'], command = ['b'] }| migration.command and migration.args exclude each other",
                "migration.args = []| migration.args must not be empty: leave it out where releases migrate when they start",
                "migration.of = 'files'| migration.of is \"files\"; it must be \"database\" or \"archive\"",
                "migration.name = 'a b'| migration.name must be a word of letters, digits, - and _",
                "migration.environment = { A = 1 }| migration.environment.A must be a text: put the value in quotes",
                "migration.stdin = ['y']| migration.stdin must be a text in quotes, not a list",
                "migration = [{ args = ['a'] }, { name = 'b' }]| migration.command or args must say what is run",
                "migration = [{ args = ['a'] }, 'b']| migration holds something else than tables, each written as [[migration]]",
                "migration = [{ name = 'a', args = ['a'] }, { name = 'a', args = ['b'] }]| migration.name is \"a\", as that of an earlier migration is",
                "migration = [{ args = ['a'], rehearse-above = '1GB' }]| migration.rehearse-above is not a known key; did you mean rehearsal.rehearse-above?",
                "migration.rehearse-above = '1GB'; rehearsal.rehearse-above = '1GB'| migration.rehearse-above and rehearsal.rehearse-above exclude each other: give one of them",
                "rehearsal.rehearse-above = 1| rehearsal.rehearse-above must be a size in quotes, such as \"10GB\" or \"512MiB\"",
                "service.user = 'a b'| service.user is \"a b\", which is not the name of an account",
                "service.user = '-u'| service.user is \"-u\", which is not the name of an account",
                "state.files = 'config.json'| state.files must be a list of texts, such as [\"a\", \"b\"], not a text",
                "state.files = ['../x']| state.files holds \"../x\", which is not the path of a file",
                "state.files = ['etc/']| state.files holds \"etc/\", which is not the path of a file",
                "state.files = ['a', 'a']| state.files holds \"a\" twice",
                "state.archive = 1| state.archive must be a text in quotes, not a number",
                "state.archive = '.'| state.archive is the home itself, which holds more than an archive",
                "state.archive = 'var/../../jobs'| state.archive is the home itself, which holds more than an archive",
                "state = { archive = 'a', archive-version-file = 'b/c' }| state.archive-version-file must be the name of a file at the archive's root",
                "state.archive-version-file = 'version.txt'| state.archive-version-file needs state.archive",
                "state.archive-migration-writes-new-files = true| state.archive-migration-writes-new-files needs state.archive",
                "health = { http = 'http://a', tcp = 'b:1' }| health.tcp and health.http exclude each other: give one check",
                "health.http = 'ftp://a'| health.http is \"ftp://a\"; it must be an address such as \"http://127.0.0.1:8080/health\"",
                "health.http = 'http:///x'| health.http is \"http:///x\"; it must be an address such as \"http://127.0.0.1:8080/health\"",
                "health.http = 'http://a:99999'| health.http is \"http://a:99999\"; it must be an address such as \"http://127.0.0.1:8080/health\"",
                "health.tcp = '8080'| health.tcp is \"8080\"; it must be a host and a port, such as \"127.0.0.1:8080\"",
                "health.tcp = 'a:65536'| health.tcp is \"a:65536\"; it must be a host and a port, such as \"127.0.0.1:8080\"",
                "health.command = []| health.command must begin with the program to run, such as [\"/usr/bin/true\"]",
                "rehearsal.args = ['a']| rehearsal.args is of no use without a check of the release that it starts: http, tcp or command",
                "rehearsal.tcp = 'a:81'| rehearsal.tcp needs environment or args, so that the rehearsed release listens there and not where the service does",
                "rehearsal = { args = ['a'], tcp = 'a:81', http = 'http://a' }| rehearsal.tcp and rehearsal.http exclude each other: give one check",
                "health.tcp = 'a:80'; rehearsal = { args = ['a'], http = 'http://A/x' }| rehearsal.http is where the service itself answers, by [health]: let the rehearsed release listen elsewhere",
                "health.http = 'http://[::1]:81/'; rehearsal = { args = ['a'], tcp = 'localhost:81' }| rehearsal.tcp is where the service itself answers, by [health]: let the rehearsed release listen elsewhere",
                "releases.link = 'releases'| releases.link is \"releases\", which must stay a directory",
                "releases.link = '/srv'| releases.link is \"/srv\", which must stay a directory",
                "releases.link = '.ccupgrade/current'| releases.link must not lie in .ccupgrade, which is ccupgrade's own",
                "releases.link-to = 'both'| releases.link-to is \"both\"; it must be \"executable\" or \"directory\"",
                "releases.executable = '/bin/x'| releases.executable is \"/bin/x\"; it must be a path inside the release's archive",
                "releases.executable = 'a/../../x'| releases.executable is \"a/../../x\"; it must be a path inside the release's archive",
                "releases.require-signature = true| releases.require-signature needs releases.keys: files with the public keys",
                "releases.require-signature = 'yes'| releases.require-signature must be true or false, not a text",
                "versions.database = '(.)'| versions.database needs versions.command",
                "versions.command = ['a']| versions.command needs version, database or archive: what to look for in its answer",
                "versions = { command = ['a'], archive = '.' }| versions.archive must be a regular expression with one group, the version, such as 'db version:\\s*(\\d+)'",
                "versions = { command = ['a'], archive = '(' }| versions.archive must be a regular expression with one group, the version, such as 'db version:\\s*(\\d+)'",
                "name = 'a| unexpected end of input, expected '",
            })
    void says_what_is_wrong(String toml, String message) throws Exception {
        Files.writeString(file, toml.replace("; ", "\n"));

        assertThatThrownBy(() -> ConfigFile.read(file))
                .isInstanceOf(Misuse.class)
                .hasMessageMatching("cannot use /srv/jobs/ccupgrade\\.toml: line [12]: \\Q" + message + "\\E");
    }

    @Test
    void tells_all_mistakes_at_once_in_the_order_of_their_lines() throws Exception {
        Files.writeString(file, """
                name = 1
                [health]
                timeout = "soon"

                [service]
                args = [
                  "a",
                  2,
                ]
                stop-timout = "1s"
                """);

        Misuse misuse = catchThrowableOfType(Misuse.class, () -> ConfigFile.read(file));

        assertThat(misuse.getMessage().lines())
                .containsExactly(
                        "cannot use /srv/jobs/ccupgrade.toml: 4 mistakes",
                        "  line 1: name must be a text in quotes, not a number",
                        "  line 3: health.timeout must be a duration in quotes, such as \"90s\", \"1h30m\" or \"500ms\"",
                        "  line 8: service.args holds a number at place 2; all its elements must be texts in quotes",
                        "  line 10: service.stop-timout is not a known key; did you mean stop-timeout?");
        assertThat(misuse.remedy()).contains("ccupgrade init");
    }

    @Test
    void a_hundred_mistakes_fit_on_a_screen() throws Exception {
        StringBuilder toml = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            toml.append("wrong").append(i).append(" = 1\n");
        }
        Files.writeString(file, toml);

        assertThatThrownBy(() -> ConfigFile.read(file))
                .hasMessageContaining("100 mistakes")
                .hasMessageEndingWith("and 90 more")
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(12));
    }

    @Test
    void what_the_file_holds_cannot_steer_the_terminal() throws Exception {
        Files.writeString(file, "profile = \"\\u001b[2J\\u009b\"");

        assertThatThrownBy(() -> ConfigFile.read(file)).hasMessageContaining("\"?[2J?\"");
    }

    @Test
    void says_so_when_the_file_is_no_text() throws Exception {
        Files.write(file, new byte[] {'a', (byte) 0xff});
        assertThatThrownBy(() -> ConfigFile.read(file)).hasMessageEndingWith("it is not UTF-8 text");

        Files.write(file, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> ConfigFile.read(file)).hasMessageEndingWith("it is larger than 1048576 bytes");

        Files.delete(file);
        Files.createDirectory(file);
        assertThatThrownBy(() -> ConfigFile.load(home)).hasMessageEndingWith("it is a directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a="})
    void deep_nesting_is_a_mistake_like_another(String open) throws Exception {
        Files.writeString(file, "name = " + open.repeat(100_000));

        assertThatThrownBy(() -> ConfigFile.read(file)).isInstanceOf(Misuse.class);
    }

    @Test
    void whatever_is_in_the_file_it_is_read_or_refused() throws Exception {
        Random random = new Random(20261122);
        String pieces = "\"'[]{}=#.,\n\\\u0000\t0-9sé";
        int read = 0;
        int refused = 0;
        for (int round = 0; round < 800; round++) {
            StringBuilder text = new StringBuilder(FULL);
            for (int change = random.nextInt(4); change >= 0; change--) {
                int at = random.nextInt(text.length());
                int until = Math.min(text.length(), at + random.nextInt(12));
                switch (random.nextInt(4)) {
                    case 0 -> text.delete(at, until);
                    case 1 -> text.setCharAt(at, pieces.charAt(random.nextInt(pieces.length())));
                    case 2 -> text.insert(at, pieces.charAt(random.nextInt(pieces.length())));
                    default -> text.insert(at, text.substring(random.nextInt(at + 1), at));
                }
            }
            Files.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
            try {
                assertThat(ConfigFile.read(file)).isNotNull();
                read++;
            } catch (Misuse e) {
                assertThat(e).hasMessageMatching("(?s)cannot use /srv/jobs/ccupgrade\\.toml: (line|[0-9]+ mistakes).*");
                refused++;
            }
        }
        assertThat(read).isPositive();
        assertThat(refused).isPositive();
    }

    private Config read(String text) throws Exception {
        Files.writeString(file, text);
        return ConfigFile.read(file);
    }
}
