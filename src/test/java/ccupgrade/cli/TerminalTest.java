package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TerminalTest {

    private Path descriptors;

    @BeforeEach
    void descriptors() throws IOException {
        descriptors = Jimfs.newFileSystem(Configuration.unix()).getPath("/proc/self/fd");
        Files.createDirectories(descriptors);
    }

    private void leads(int descriptor, String target) throws IOException {
        Path link = descriptors.resolve(Integer.toString(descriptor));
        Files.createSymbolicLink(link, link.getFileSystem().getPath(target));
    }

    private Terminal detect(Map<String, String> environment) {
        return Terminal.detect(environment, () -> ZoneOffset.UTC, descriptors);
    }

    @Test
    void each_stream_is_looked_at_by_itself() throws IOException {
        leads(0, "/dev/null");
        leads(1, "pipe:[4711]");
        leads(2, "/dev/pts/3");
        Terminal terminal = detect(Map.of());
        assertThat(terminal.in()).isFalse();
        assertThat(terminal.out()).isFalse();
        assertThat(terminal.err()).isTrue();
    }

    @Test
    void consoles_and_serial_lines_are_terminals() throws IOException {
        leads(0, "/dev/tty1");
        leads(1, "/dev/ttyS0");
        leads(2, "/dev/console");
        Terminal terminal = detect(Map.of());
        assertThat(terminal.in() && terminal.out() && terminal.err()).isTrue();
    }

    @Test
    void a_closed_stream_is_no_terminal() {
        assertThat(detect(Map.of()).out()).isFalse();
    }

    @Test
    void the_environment_is_heard() {
        Terminal asked = detect(Map.of(
                "NO_COLOR", "1", "TERM", "dumb", "CCUPGRADE_DEBUG", "1", "COLUMNS", "132", "LANG", "de_DE.UTF-8"));
        assertThat(asked.noColor() && asked.dumb() && asked.debug() && asked.unicode())
                .isTrue();
        assertThat(asked.width().getAsInt()).isEqualTo(132);
        Terminal silent = detect(Map.of("NO_COLOR", "", "TERM", "xterm"));
        assertThat(silent.noColor() || silent.dumb() || silent.debug() || silent.unicode())
                .isFalse();
        assertThat(silent.width().getAsInt()).isEqualTo(80);
    }

    @Test
    void lc_all_outweighs_lang() {
        assertThat(detect(Map.of("LC_ALL", "C", "LANG", "en_US.UTF-8")).unicode())
                .isFalse();
        assertThat(detect(Map.of("LC_ALL", "", "LC_CTYPE", "C.utf8")).unicode()).isTrue();
    }

    @Test
    void a_terminal_that_does_not_know_its_size_has_eighty_columns() {
        assertThat(Terminal.parseSize("50 132\n")).isEqualTo(132);
        assertThat(Terminal.parseSize("0 0\n")).isEqualTo(80);
        assertThat(Terminal.parseSize("")).isEqualTo(80);
    }
}
