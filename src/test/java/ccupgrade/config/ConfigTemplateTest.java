package ccupgrade.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ccupgrade.fault.Misuse;
import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConfigTemplateTest {

    private final Path file =
            Jimfs.newFileSystem(Configuration.unix()).getPath("/srv/elsewhere").resolve("ccupgrade.toml");

    @BeforeEach
    void makeHome() throws Exception {
        Files.createDirectories(file.getParent());
    }

    @Test
    void reads_back_as_the_defaults_when_nothing_was_found() throws Exception {
        assertThat(read(ConfigTemplate.render(Found.nothing("jobs")))).isEqualTo(ConfigFile.defaults("jobs"));
    }

    @Test
    void the_defaults_it_shows_are_the_defaults() throws Exception {
        String text = ConfigTemplate.render(Found.nothing("jobs"));
        // The other lines behind a # are examples for keys that have no default.
        Pattern shown = Pattern.compile(
                "(?m)^#(?=(manager|args = \\[\\]|stop-timeout|start-timeout|databases|timeout|stable|directory|link|link-to) ?)");

        String uncommented = shown.matcher(text).replaceAll("");

        assertThat(read(uncommented)).isEqualTo(ConfigFile.defaults("jobs"));
        assertThat(uncommented.lines().filter(line -> line.matches("[a-z-]+ = .*")))
                .hasSize(15);
    }

    @Test
    void reads_back_as_what_was_found() throws Exception {
        Config config = read(ConfigTemplate.render(new Found(
                "jöbs \"x\" \\",
                List.of("var/a.db", "var/b\n.db"),
                null,
                List.of("-server"),
                List.of("-migrate-db"),
                URI.create("http://localhost/health"),
                "jobs\n-1.0.jar")));

        assertThat(config.name()).isEqualTo("jöbs \"x\" \\");
        assertThat(config.state().databases()).containsExactly("var/a.db", "var/b\n.db");
        assertThat(config.service().manager()).isEqualTo(Config.Manager.PROCESS);
        assertThat(config.service().args()).containsExactly("-server");
        assertThat(config.migrations().steps().get(0).args()).containsExactly("-migrate-db");
        assertThat(config.health().http()).isEqualTo(URI.create("http://localhost/health"));
    }

    @Test
    void a_unit_that_was_found_makes_systemd_the_manager() throws Exception {
        Config config = read(ConfigTemplate.render(
                new Found("jobs", List.of(), "jobs.service", List.of("-server"), List.of(), null, null)));

        assertThat(config.service().manager()).isEqualTo(Config.Manager.SYSTEMD);
        assertThat(config.service().unit()).isEqualTo("jobs.service");
    }

    @Test
    void every_key_that_can_be_read_is_shown() throws Exception {
        String text = ConfigTemplate.render(Found.nothing("jobs"));

        assertThat(text.lines()
                        .filter(line -> line.matches("#?[a-z-]+ = .*"))
                        .map(line -> line.replaceAll("#?([a-z-]+) = .*", "$1")))
                .containsExactly(
                        "name",
                        "profile",
                        "manager",
                        "unit",
                        "start",
                        "stop",
                        "status",
                        "args",
                        "environment",
                        "user",
                        "java",
                        "stop-timeout",
                        "start-timeout",
                        "databases",
                        "files",
                        "archive",
                        "archive-version-file",
                        "archive-migration-writes-new-files",
                        "compress",
                        "precopy-rate",
                        "args",
                        "command",
                        "timeout",
                        "stdin",
                        "environment",
                        "name",
                        "of",
                        "http",
                        "tcp",
                        "command",
                        "timeout",
                        "stable",
                        "rehearse-above",
                        "environment",
                        "args",
                        "http",
                        "tcp",
                        "command",
                        "directory",
                        "link",
                        "executable",
                        "link-to",
                        "keys",
                        "require-signature",
                        "releases",
                        "snapshots",
                        "age",
                        "total-size",
                        "evidence-age",
                        "directory",
                        "timeout",
                        "textfile",
                        "journal",
                        "command",
                        "version",
                        "database",
                        "archive");
        assertThat(text.lines()).allMatch(line -> line.length() <= 132);
    }

    private static Found ccBackend(String archive, List<String> migrationArgs) {
        return new Found(
                "cc",
                "cc-backend",
                List.of("var/job.db"),
                List.of("config.json", ".env"),
                archive,
                null,
                List.of(),
                migrationArgs,
                null,
                null,
                "cc-backend",
                null);
    }

    @Test
    void a_profile_reads_back_as_its_defaults_and_shows_them() throws Exception {
        Config defaults = ConfigFile.defaults("cc", "cc-backend");
        String text = ConfigTemplate.render(ccBackend("var/job-archive", List.of()));
        Pattern shown = Pattern.compile(
                "(?m)^#(?=\\[\\[migration]]|(name|of|args = \\[\"-m|command = \\[\"\\{release|stdin|timeout"
                        + "|executable|version|database|archive) ?)");

        assertThat(written(read(text))).isEqualTo(written(defaults));
        assertThat(written(read(shown.matcher(text).replaceAll("")))).isEqualTo(written(defaults));
        assertThat(text.lines()).allMatch(line -> line.length() <= 132);
    }

    /** Patterns are equal only to themselves. */
    private static String written(Config config) {
        return config.toString();
    }

    @Test
    void what_was_found_of_a_profile_stands_in_the_place_of_its_defaults() throws Exception {
        Config config = read(ConfigTemplate.render(new Found(
                "cc",
                "cc-backend",
                List.of("/data/job.db"),
                List.of("etc/config.json", ".env"),
                null,
                "clustercockpit.service",
                List.of("-server"),
                List.of("-config", "etc/config.json", "-migrate-db"),
                "cc",
                URI.create("https://cc.example.org/login"),
                "bin/cc-backend",
                null)));

        assertThat(config.state().databases()).containsExactly("/data/job.db");
        assertThat(config.state().files()).containsExactly("etc/config.json", ".env");
        assertThat(config.state().archive()).isNull();
        assertThat(config.service().user()).isEqualTo("cc");
        assertThat(config.service().args()).isEmpty();
        assertThat(config.releases().link()).isEqualTo("bin/cc-backend");
        assertThat(config.migrations().steps())
                .extracting(Config.Migration::name, Config.Migration::args, Config.Migration::stdin)
                .containsExactly(
                        tuple("database", List.of("-config", "etc/config.json", "-migrate-db"), null),
                        tuple("archive", List.of(), "y\n"));
    }

    @Test
    void a_profile_that_is_not_known_is_refused_with_those_that_are() {
        assertThatThrownBy(() -> ConfigFile.defaults("cc", "war"))
                .isInstanceOfSatisfying(
                        Misuse.class, misuse -> assertThat(misuse.remedy()).contains("jar, cc-backend"))
                .hasMessage("cannot use profile \"war\": it is not known");
    }

    private Config read(String text) throws Exception {
        Files.writeString(file, text);
        return ConfigFile.read(file);
    }
}
