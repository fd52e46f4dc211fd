package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.disk.DurableDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptOutputTest {

    private static final int LINES = 30_000_000;

    @TempDir
    private Path directory;

    @Test
    void nothing_of_the_end_is_lost_though_it_is_written_while_the_middle_is_given_up() throws Exception {
        Path file = directory.resolve("migration.log");
        KeptOutput output = new KeptOutput(new DurableDisk(new Random(1)), file);
        Process process = new ProcessBuilder("seq", "1", "" + LINES)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(file.toFile()))
                .start();
        long largest = 0;
        while (!process.waitFor(1, TimeUnit.MILLISECONDS)) {
            output.keepSmall();
            largest = Math.max(largest, blocks(file));
        }
        output.finish();

        assertThat(largest).as("bytes on the disk").isLessThan(200L << 20);
        assertThat(Files.size(file)).isLessThan(9 << 20);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).startsWith("1", "2", "3").endsWith("" + LINES);
        int cut = lines.stream()
                .filter(line -> line.contains("ccupgrade left out about"))
                .mapToInt(lines::indexOf)
                .findFirst()
                .orElseThrow();
        // The line after the sentence may be half a one.
        for (int i = cut + 3; i < lines.size(); i++) {
            assertThat(Integer.parseInt(lines.get(i))).isEqualTo(Integer.parseInt(lines.get(i - 1)) + 1);
        }
    }

    private static long blocks(Path file) throws Exception {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return 512 * Long.parseLong(new String(stat.getInputStream().readAllBytes()).strip());
    }
}
