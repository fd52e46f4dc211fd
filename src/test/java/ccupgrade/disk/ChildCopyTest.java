package ccupgrade.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChildCopyTest {

    @TempDir
    Path directory;

    private final ChildCopy children = new ChildCopy(new DurableDisk(new Random(1)));

    private Path file(int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Path file = Files.write(directory.resolve("a file"), bytes);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        return file;
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "4194304,0", "9000001,0", "9000001,50000000"})
    void a_copy_has_all_bytes_and_the_mode(int size, long rate) throws Exception {
        Path source = file(size);
        Path target = directory.resolve("copy");
        children.copy(source, target, rate, Progress.NONE);
        assertThat(Files.mismatch(source, target)).isEqualTo(-1);
        assertThat(Files.getPosixFilePermissions(target)).isEqualTo(Files.getPosixFilePermissions(source));
    }

    @Test
    void tells_how_far_it_is() throws Exception {
        Path source = file(9 << 20);
        List<String> told = new ArrayList<>();
        children.copy(source, directory.resolve("copy"), 100L << 20, new Progress() {
            @Override
            public void begin(String what, long total) {
                told.add(what + " " + total);
            }

            @Override
            public void at(long done) {
                told.add(Long.toString(done));
            }

            @Override
            public void end() {
                told.add("end");
            }
        });
        assertThat(told).startsWith("copying a file 9437184").endsWith("9437184", "end");
    }

    @Test
    void an_interrupt_ends_it() throws Exception {
        Path source = file(9 << 20);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> children.copy(source, directory.resolve("copy"), 0, Progress.NONE))
                .isInstanceOf(InterruptedException.class);
        assertThat(ProcessHandle.current()
                        .children()
                        .filter(child -> child.info().command().orElse("").endsWith("dd")))
                .isEmpty();
    }

    @Test
    void what_cannot_be_copied_is_told_with_the_programs_own_words() {
        assertThatThrownBy(() -> children.copy(directory, directory.resolve("no/such/directory"), 0, Progress.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cp: ");
    }

    @Test
    void a_clone_is_whole_or_nothing_is_left() throws Exception {
        Path source = file(9_000_001);
        Path target = directory.resolve("clone");
        boolean cloned = children.tryClone(source, target);
        assertThat(Files.exists(target)).isEqualTo(cloned);
        if (cloned) {
            assertThat(Files.mismatch(source, target)).isEqualTo(-1);
        }
    }
}
