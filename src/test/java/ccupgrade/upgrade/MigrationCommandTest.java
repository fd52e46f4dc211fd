package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.config.Config;
import ccupgrade.saga.Facts;
import ccupgrade.service.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationCommandTest {

    @TempDir
    Path home;

    private MigrationCommand command(String migrations) throws Exception {
        Files.writeString(
                home.resolve("ccupgrade.toml"),
                "name = \"jobs\"\n[state]\ndatabases = [\"var/job.db\"]\narchive = \"var/archive\"\n" + migrations);
        return new MigrationCommand(site(), 1);
    }

    private Site site() throws Exception {
        Example example = new Example(home);
        return Site.of(example.deployment(), example.surroundings());
    }

    private MigrationCommand both() throws Exception {
        return command("""
                [[migration]]
                name = "database"
                command = ["{release}", "--db", "{database}"]
                [[migration]]
                name = "archive"
                of = "archive"
                command = ["{release-dir}/tool", "{archive}", "{home}", "{name}"]
                """);
    }

    private static List<String> names(List<Config.Migration> steps) {
        return steps.stream().map(Config.Migration::name).toList();
    }

    @Test
    void what_preflight_found_due_is_run_in_the_configured_order() throws Exception {
        MigrationCommand both = both();
        Facts facts = new Facts();
        assertThat(names(both.due(facts))).containsExactly("database", "archive");

        facts.put(Fact.DUE, "archive,database");
        assertThat(names(both.due(facts))).containsExactly("database", "archive");
        facts.put(Fact.DUE, "archive");
        assertThat(names(both.due(facts))).containsExactly("archive");
        facts.put(Fact.DUE, "");
        assertThat(both.isDue(facts)).isFalse();
    }

    @Test
    void the_journal_of_an_earlier_version_knows_only_what_is_pending() throws Exception {
        Facts facts = new Facts();
        facts.put(Fact.PENDING, 0);

        assertThat(both().isDue(facts)).isFalse();
    }

    @Test
    void a_command_knows_release_and_state_by_their_names() throws Exception {
        MigrationCommand both = both();
        Path release =
                Files.createDirectories(home.resolve("releases/1700000000/bin")).resolve("cc");
        List<Config.Migration> steps = both.due(new Facts());
        Execution execution = new Execution("jobs", List.of("runuser", "-u", "jobs", "--"), home, Map.of());

        assertThat(both.argv(steps.get(0), both.names(release), execution))
                .containsExactly(
                        "runuser",
                        "-u",
                        "jobs",
                        "--",
                        release.toString(),
                        "--db",
                        home.resolve("var/job.db").toString());
        assertThat(both.argv(steps.get(1), both.names(release), execution))
                .endsWith(
                        home.resolve("releases/1700000000/tool").toString(),
                        home.resolve("var/archive").toString(),
                        home.toString(),
                        "jobs");
    }

    @Test
    void a_release_that_is_a_file_has_the_directory_that_it_lies_in() throws Exception {
        both();
        assertThat(site().releaseDir(home.resolve("releases/1700000000"))).isEqualTo(home.resolve("releases"));
        assertThat(site().releaseDir(Path.of("/tmp/given/cc"))).isEqualTo(Path.of("/tmp/given"));
    }

    @Test
    void only_where_there_are_several_a_migration_is_named() throws Exception {
        MigrationCommand both = both();
        List<Config.Migration> steps = both.due(new Facts());
        assertThat(both.progress(steps.get(1), steps)).isEqualTo(" archive, 2 of 2");
        assertThat(both.progress(steps.get(1), steps.subList(1, 2))).isEqualTo(" archive");
        assertThat(both.called(steps.get(0))).isEqualTo(" the database");

        MigrationCommand one = command("[migration]\nargs = [\"-migrate-db\"]\n");
        List<Config.Migration> only = one.due(new Facts());
        assertThat(one.progress(only.get(0), only)).isEmpty();
        assertThat(one.called(only.get(0))).isEmpty();
    }

    @Test
    void the_outputs_of_an_operation_are_found_in_the_order_in_which_they_were_written() throws Exception {
        assertThat(MigrationCommand.outputs(home.resolve("nowhere"))).isEmpty();
        Path archive = output("migration-archive.log", 1000);
        Path database = output("migration-database.log", 2000);
        output("start.log", 3000);

        assertThat(MigrationCommand.outputs(home)).containsExactly(archive, database);
    }

    private Path output(String name, long written) throws IOException {
        Path file = Files.writeString(home.resolve(name), "");
        return Files.setLastModifiedTime(file, FileTime.fromMillis(written));
    }
}
