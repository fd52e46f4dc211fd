package ccupgrade.service;

import ccupgrade.fault.Failed;
import ccupgrade.words.Words;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The journal of systemd, for who reads it with {@code journalctl}. It is told through {@code logger} of util-linux, because Java has no
 * datagram sockets of UNIX.
 *
 * @see <a href="https://www.freedesktop.org/software/systemd/man/systemd.journal-fields.html">systemd.journal-fields(7)</a>
 */
public final class SystemJournal {

    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Path NOWHERE = Path.of("/");

    /** Columns of a value. The whole of them has to be far below what the socket takes at once. */
    private static final int LONGEST = 4000;

    private final Capture capture;
    private final Path socket;

    /**
     * @param environment what ccupgrade itself was started with
     * @param root where {@code /run} is
     */
    public SystemJournal(Map<String, String> environment, Path root) {
        this.capture = new Capture(new Launcher(environment));
        this.socket = root.resolve("run/systemd/journal/socket");
    }

    /**
     * Writes one entry. Nothing where there is no journal; and where it cannot be written, within two seconds, nobody hears of it: what is
     * told here stands in the history, too.
     *
     * @param fields by their names in the journal; values of several lines become one
     */
    public void write(Map<String, String> fields) {
        if (!Files.exists(socket)) {
            return;
        }
        StringBuilder entry = new StringBuilder();
        fields.forEach((name, value) -> entry.append(name)
                .append('=')
                .append(Words.cut(Words.oneLine(value), LONGEST, false))
                .append('\n'));
        try {
            capture.run(List.of("logger", "--journald"), NOWHERE, entry.toString(), LIMIT);
        } catch (Failed e) {
            // There is no logger: nothing is lost that the history does not have.
            return;
        } catch (InterruptedException e) {
            // For whoever waits next; an operation is not to fail here.
            Thread.currentThread().interrupt();
        }
    }
}
