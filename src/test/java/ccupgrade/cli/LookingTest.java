package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.upgrade.Example;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that only look, through the whole command line. */
class LookingTest {

    private static final Path GOLDEN = Path.of("src/test/resources/ccupgrade/cli");

    @TempDir
    private Path directory;

    private Example example;
    private Screen screen = new Screen(Screen.NO_TERMINAL);

    @BeforeEach
    void makeExample() throws Exception {
        example = new Example(directory.toRealPath().resolve("jobs"));
        Files.createDirectories(example.home);
    }

    private int run(String... arguments) {
        screen = new Screen(Screen.NO_TERMINAL);
        Session session = new Session(screen.options, example.surroundings(), example.home);
        return Root.commandLine(
                        screen.console,
                        screen.options,
                        new ListCommand(screen.console, session),
                        new StatusCommand(screen.console, session),
                        new HistoryCommand(screen.console, session),
                        new ShowCommand(screen.console, session),
                        new CompleteCommand(screen.console, session))
                .execute(arguments);
    }

    private JsonObject json(String kind, String... arguments) {
        assertThat(run(arguments)).isZero();
        JsonObject document = JsonParser.parseString(screen.out()).getAsJsonObject();
        assertThat(document.get("format").getAsInt()).isEqualTo(1);
        assertThat(document.get("kind").getAsString()).isEqualTo(kind);
        return document;
    }

    /** To renew the files after a wanted change: {@code mvn test -Dtest=LookingTest -Dgolden=renew}, then read the difference. */
    private void readsAsIn(String golden) throws IOException {
        String said = "# standard output\n" + screen.out() + "# standard error\n" + screen.err();
        String same = said.replace(example.home.toString(), "/srv/jobs");
        Path file = GOLDEN.resolve(golden);
        if ("renew".equals(System.getProperty("golden"))) {
            Files.writeString(file, same, StandardCharsets.UTF_8);
        }
        assertThat(same).isEqualTo(Files.readString(file, StandardCharsets.UTF_8));
    }

    @Test
    void list_reads_as_in_the_golden_file() throws Exception {
        example.whole();
        assertThat(run("list")).isZero();
        readsAsIn("list.txt");
    }

    @Test
    void status_of_a_running_service_reads_as_in_the_golden_file() throws Exception {
        example.whole().runs(4242, 1_763_810_000);
        assertThat(run("status")).isZero();
        readsAsIn("status.txt");
    }

    @Test
    void status_of_a_bad_day_reads_as_in_the_golden_file_and_exits_with_0() throws Exception {
        example.whole().runs(4242, 1_763_800_000);
        example.sql(
                "DROP TABLE flyway_schema_history",
                "CREATE TABLE schema_migrations(version INTEGER, dirty BOOLEAN)",
                "INSERT INTO schema_migrations VALUES(8, 1)");
        Path journal = example.home.resolve(".ccupgrade/operations/2/journal.jsonl");
        String first = Files.readAllLines(journal).get(0);
        Files.writeString(journal, first + "\n");
        assertThat(run("status")).isZero();
        readsAsIn("status-bad.txt");
    }

    @Test
    void history_reads_as_in_the_golden_file() throws Exception {
        example.whole();
        assertThat(run("history")).isZero();
        readsAsIn("history.txt");
        assertThat(run("history", "--last", "1")).isZero();
        assertThat(screen.out().lines()).hasSize(2);
    }

    @Test
    void an_operation_reads_as_in_the_golden_file() throws Exception {
        example.whole();
        assertThat(run("history", "2")).isZero();
        readsAsIn("operation.txt");
        assertThat(screen.out()).doesNotContain("\u001b");
    }

    @Test
    void show_reads_as_in_the_golden_file() throws Exception {
        example.whole();
        assertThat(run("show", "2.0")).isZero();
        String first = screen.out();
        assertThat(run("show", "1.0")).isZero();
        assertThat(first).contains("V3 add index", "pending");
        readsAsIn("show.txt");
    }

    @Test
    void an_empty_deployment_says_what_to_do_first() {
        assertThat(run("list")).isZero();
        assertThat(screen.out()).isEmpty();
        assertThat(screen.err()).contains("ccupgrade install FILE");
        assertThat(run("history")).isZero();
        assertThat(screen.out()).isEmpty();
        assertThat(run("status")).isZero();
        assertThat(screen.out()).contains("release     none\n", "database    none found");
    }

    @Test
    void programs_get_everything_as_json() throws Exception {
        example.whole().runs(4242, 1_763_810_000);
        JsonObject release = json("releases", "list", "-o", "json")
                .getAsJsonArray("releases")
                .get(1)
                .getAsJsonObject();
        assertThat(release.get("epoch").getAsLong()).isEqualTo(1_763_810_000);
        assertThat(release.get("current").getAsBoolean()).isTrue();
        assertThat(release.get("verdict").getAsString()).isEqualTo("good");
        assertThat(release.get("installed").getAsString()).isEqualTo("2025-11-22T11:13:20Z");
        assertThat(release.get("sha256").getAsString()).hasSize(64);

        JsonObject status = json("status", "status", "-o", "json");
        JsonObject service = status.getAsJsonObject("service");
        assertThat(service.get("state").getAsString()).isEqualTo("running");
        assertThat(service.get("pid").getAsInt()).isEqualTo(4242);
        assertThat(status.getAsJsonObject("health").get("healthy").getAsBoolean())
                .isTrue();
        assertThat(status.getAsJsonArray("databases")
                        .get(0)
                        .getAsJsonObject()
                        .get("schema")
                        .getAsString())
                .isEqualTo("2");
        assertThat(status.get("operation").isJsonNull()).isTrue();

        JsonObject entry = json("history", "history", "-o", "json")
                .getAsJsonArray("operations")
                .get(1)
                .getAsJsonObject();
        assertThat(entry.get("outcome").getAsString()).isEqualTo("upgraded");
        assertThat(entry.get("downtimeMs").getAsLong()).isEqualTo(2400);

        JsonObject operation = json("operation", "history", "2", "-o", "json");
        assertThat(operation.getAsJsonObject("entry").getAsJsonArray("steps")).hasSize(4);
        assertThat(operation.getAsJsonArray("lastOutput")).hasSize(2);
        assertThat(operation.getAsJsonObject("failure").get("step").getAsString())
                .isEqualTo("migrate");

        JsonObject shown = json("release", "show", "2.0", "-o", "json");
        assertThat(shown.getAsJsonArray("migrations")
                        .get(2)
                        .getAsJsonObject()
                        .get("state")
                        .getAsString())
                .isEqualTo("pending");
        assertThat(shown.getAsJsonObject("program").get("javaVersion").getAsInt())
                .isEqualTo(17);
    }

    @Test
    void what_is_not_there_is_refused_with_a_way_on() throws Exception {
        example.whole();
        assertThat(run("show", "9.9")).isEqualTo(3);
        assertThat(screen.err()).contains("cannot find release 9.9", "next:  name one of these: ");
        assertThat(run("history", "77")).isEqualTo(3);
        assertThat(screen.err()).contains("cannot find operation 77", "next:  see what there is: ccupgrade history");
        assertThat(run("history", "--last", "0")).isEqualTo(2);
        assertThat(run("history", "seven")).isEqualTo(2);
    }

    /** A shell reads standard output alone. */
    @Test
    void a_shell_is_told_what_a_word_may_become() {
        assertThat(run("complete", "--", "st")).isZero();
        assertThat(screen.out()).isEqualTo("status\n");
        assertThat(screen.err()).isEmpty();
    }
}
