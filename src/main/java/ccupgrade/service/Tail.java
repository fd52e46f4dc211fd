package ccupgrade.service;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The end of a text file. */
public final class Tail {

    /** Logs are large and a message is one screen. */
    private static final long MOST = 64 * 1024;

    private Tail() {}

    /**
     * The last lines, without the last line end; empty rather than a failure when the file cannot be read.
     *
     * @param from bytes that are passed over in any case: what was there before; a file that was cut since is read from its begin
     */
    public static String of(Path file, long from, int lines) {
        try (InputStream in = new FileInputStream(file.toFile())) {
            long size = Files.size(file);
            long begin = Math.max(from > size ? 0 : from, size - MOST);
            in.skipNBytes(begin);
            List<String> all = new String(in.readNBytes((int) MOST), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            // Evidence for another failure, which must not be replaced by this one.
            return "";
        }
    }
}
