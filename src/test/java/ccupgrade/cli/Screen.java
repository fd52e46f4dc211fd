package ccupgrade.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** A console whose two streams are kept, with a terminal of the test's choice at the other end. */
final class Screen {

    static final ZoneId ZONE = ZoneOffset.ofHours(1);

    /** Streams into a file or a pipe. */
    static final Terminal NO_TERMINAL =
            new Terminal(false, false, false, false, false, true, false, () -> Terminal.DEFAULT_WIDTH, () -> ZONE);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final GlobalOptions options = new GlobalOptions();
    final Console console;

    Screen(Terminal terminal) {
        console = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal);
    }

    /** All streams on a terminal of so many columns that knows colour and UTF-8. */
    static Terminal terminal(int width) {
        return new Terminal(true, true, true, false, false, true, false, () -> width, () -> ZONE);
    }

    static Terminal withoutColour(int width) {
        return new Terminal(true, true, true, false, true, true, false, () -> width, () -> ZONE);
    }

    /** Has the options set as a command line would set them. */
    Screen given(String... arguments) {
        CommandSpec any = CommandSpec.create();
        options.addTo(any);
        new CommandLine(any).registerConverter(Path.class, Path::of).parseArgs(arguments);
        console.obey(options);
        return this;
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** What a reader sees at the end on a terminal: carriage returns and erasing applied. */
    String seen() {
        StringBuilder seen = new StringBuilder();
        for (String line : err().split("\n", -1)) {
            int last = line.lastIndexOf("\r\u001b[K");
            seen.append(last < 0 ? line : line.substring(last + 4)).append('\n');
        }
        return seen.substring(0, seen.length() - 1);
    }
}
