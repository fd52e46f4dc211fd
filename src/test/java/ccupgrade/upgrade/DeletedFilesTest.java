package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeletedFilesTest {

    @TempDir
    Path directory;

    @Test
    void each_counts_once_as_long_as_somebody_has_it_open_and_those_with_a_name_not_at_all() throws Exception {
        // The child of the shell has the same files open.
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "exec 7>gone 8>kept 9>&7; head -c 3000000 /dev/zero >&7; head -c 5000 /dev/zero >&8; rm gone;"
                                + " sleep 60 & echo $!; wait")
                .directory(directory.toFile())
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            long child = Long.parseLong(out.readLine());
            assertThat(DeletedFiles.of(process.pid()).values()).containsExactly(3_000_000L);
            assertThat(DeletedFiles.of(child)).isEqualTo(DeletedFiles.of(process.pid()));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        assertThat(DeletedFiles.of(process.pid())).isEmpty();
    }
}
