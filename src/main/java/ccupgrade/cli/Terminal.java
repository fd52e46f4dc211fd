package ccupgrade.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Where the three standard streams lead, and what the environment says about how to write to them.
 *
 * @param in whether standard input is a terminal; {@code out} and {@code err} likewise
 * @param dumb whether the terminal understands no cursor movement and no colour
 * @param noColor whether the environment asks for no colour
 * @param unicode whether more than ASCII can be shown
 * @param debug whether stack traces are wanted
 * @param width columns; asked for only where a line depends on it, because the answer may need a process
 * @param zone the reader's time zone; asked for only where a time is told, because its rules take long to load
 */
public record Terminal(
        boolean in,
        boolean out,
        boolean err,
        boolean dumb,
        boolean noColor,
        boolean unicode,
        boolean debug,
        IntSupplier width,
        Supplier<ZoneId> zone) {

    static final int DEFAULT_WIDTH = 80;

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** The terminal of this process. {@code System.console()} is not asked: it needs all streams at once, and its meaning changed. */
    public static Terminal detect(Map<String, String> environment, Supplier<ZoneId> zone) {
        return detect(environment, zone, DESCRIPTORS);
    }

    static Terminal detect(Map<String, String> environment, Supplier<ZoneId> zone, Path descriptors) {
        boolean out = leadsToTerminal(descriptors.resolve("1"));
        boolean err = leadsToTerminal(descriptors.resolve("2"));
        int columns = columns(environment);
        IntSupplier width = columns > 0 ? () -> columns : out || err ? Terminal::askWidth : () -> DEFAULT_WIDTH;
        return new Terminal(
                leadsToTerminal(descriptors.resolve("0")),
                out,
                err,
                environment.getOrDefault("TERM", "").equals("dumb"),
                !environment.getOrDefault("NO_COLOR", "").isEmpty(),
                unicode(environment),
                !environment.getOrDefault("CCUPGRADE_DEBUG", "").isEmpty(),
                width,
                zone);
    }

    private static boolean leadsToTerminal(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            // Closed, or no /proc: plain output is right everywhere.
            return false;
        }
    }

    /** The first of the three that is set decides, as in the C library. */
    private static boolean unicode(Map<String, String> environment) {
        for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            String value = environment.getOrDefault(name, "").toLowerCase(Locale.ROOT);
            if (!value.isEmpty()) {
                return value.contains("utf-8") || value.contains("utf8");
            }
        }
        return false;
    }

    private static int columns(Map<String, String> environment) {
        try {
            return Integer.parseInt(environment.getOrDefault("COLUMNS", ""));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Shells keep COLUMNS to themselves; Java has no call for it. */
    private static int askWidth() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(1, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
                return DEFAULT_WIDTH;
            }
            return parseSize(new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return DEFAULT_WIDTH;
        } catch (IOException e) {
            return DEFAULT_WIDTH;
        }
    }

    /** @param size what {@code stty size} prints: {@code 50 132}; a terminal that does not know says {@code 0 0} */
    static int parseSize(String size) {
        String[] numbers = size.strip().split(" ");
        try {
            int columns = numbers.length == 2 ? Integer.parseInt(numbers[1]) : 0;
            return columns > 0 ? columns : DEFAULT_WIDTH;
        } catch (NumberFormatException e) {
            return DEFAULT_WIDTH;
        }
    }
}
