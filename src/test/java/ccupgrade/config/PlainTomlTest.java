package ccupgrade.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTomlTest {

    /** Everything plain at least once. */
    private static final String PLAIN = """
            # what it is called
            name = "jobs" # for people

            [service]
            args = ["-server", '-quiet', "ä€"]
            environment = { JOBS_PORT = "9", B = 'x#y', n = 12, EMPTY = "" }
            none = {}
            stop-timeout = "90s"
            [ state ]
            databases = [
              "var/*.db", # the first
              "data/a.db",
            ]
            archive = false
            files = []
            [retention]
            releases = 3
            0 = 0
            numbers = [ 1, true , "b" ]
            [empty]
            \t
            """;

    @Test
    void reads_what_all_of_toml_would() {
        assertThat(PlainToml.read(PLAIN)).contains(any(PLAIN));
        assertThat(PlainToml.read("")).contains(any(""));
        assertThat(PlainToml.read("a = 1")).contains(any("a = 1"));
        assertThat(PlainToml.read("a = '😀'")).contains(any("a = '😀'"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.b = 1",
                "\"a\" = 1",
                "[a.b]",
                "[[a]]",
                "a = \"x\\ty\"",
                "a = \"\"\"x\"\"\"",
                "a = ''''''",
                "a = 1.5",
                "a = 1e3",
                "a = 0x1f",
                "a = 1_000",
                "a = +1",
                "a = -1",
                "a = 2026-11-26",
                "a = 07:30:00",
                "a = 9223372036854775807",
                "a = [[1]]",
                "a = [{b = 1}]",
                "a = {b = {c = 1}}",
                "a = {b = [1]}",
                "a = {b = 1,}",
                "a = {b = 1\n}",
                "a = inf",
                "a = 1\r\nb = 2"
            })
    void leaves_to_all_of_toml_what_is_not_plain(String text) {
        assertThat(PlainToml.read(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = 1\na = 2",
                "[a]\n[a]",
                "a = 1\n[a]",
                "a = 01",
                "a = tru",
                "a = ",
                "a",
                "= 1",
                "a = 1 b = 2",
                "a = \"x",
                "a = 'x",
                "a = \"x\ny\"",
                "a = [1",
                "a = [1 2]",
                "a = [,]",
                "a = {b = 1",
                "a = {b = 1, b = 2}",
                "[a",
                "[a] b = 1",
                "[]",
                "# \u0007",
                "a = \"\u0007\"",
                "a = 1 \u0000"
            })
    void leaves_to_all_of_toml_what_is_wrong(String text) {
        Problems problems = new Problems();
        AnyToml.read(text, problems);
        assertThat(problems.isEmpty()).as("right after all").isFalse();
        assertThat(PlainToml.read(text)).isEmpty();
    }

    @Test
    void never_reads_a_damaged_file_as_something_else() {
        Random random = new Random(6);
        String signs = "\"'[]{}=#,.\\\n\r\t -+_0179ae:";
        int read = 0;
        for (int run = 0; run < 4000; run++) {
            StringBuilder text = new StringBuilder(PLAIN);
            for (int i = random.nextInt(3); i >= 0; i--) {
                int at = random.nextInt(text.length());
                char sign = signs.charAt(random.nextInt(signs.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, sign);
                    case 1 -> text.insert(at, sign);
                    default -> text.deleteCharAt(at);
                }
            }
            var plain = PlainToml.read(text.toString());
            if (plain.isPresent()) {
                read++;
                assertThat(plain.get()).as(text.toString()).isEqualTo(any(text.toString()));
            }
        }
        assertThat(read).isBetween(400, 3900);
    }

    @Test
    void what_init_writes_is_plain() throws Exception {
        Found found = new Found(
                "jobs", List.of("var/jobs.db"), "jobs.service", List.of("-server"), List.of("-migrate-db"), null, null);
        assertThat(PlainToml.read(ConfigTemplate.render(found))).isPresent();
    }

    private static TomlNode.Table any(String text) {
        Problems problems = new Problems();
        TomlNode.Table table = AnyToml.read(text, problems);
        assertThat(problems.isEmpty()).as(text).isTrue();
        return table;
    }
}
