package ccupgrade.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockFileTest {

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("lock");
    }

    private ChildJvm holder(String text) throws Exception {
        ChildJvm child = ChildJvm.start(List.of(), "hold", file.toString(), text);
        assertThat(child.nextLine()).isEqualTo("held");
        return child;
    }

    @Test
    void another_process_that_holds_it_is_named_and_kept_out_of_nobodys_way() throws Exception {
        try (ChildJvm child = holder("install of ünï.jar since noon")) {
            assertThat(LockFile.holder(file)).isEqualTo("install of ünï.jar since noon");
            assertThatThrownBy(() -> LockFile.take(file, "me"))
                    .isInstanceOfSatisfying(
                            LockFile.Held.class,
                            held -> assertThat(held.holder()).isEqualTo("install of ünï.jar since noon"));
            // Neither the question nor the attempt took it away, or wrote over what its holder says.
            assertThat(LockFile.holder(file)).isEqualTo("install of ünï.jar since noon");
        }
    }

    @Test
    void goes_with_its_process_when_that_is_killed() throws Exception {
        ChildJvm child = holder("a longer text than the next one");
        child.kill();
        assertThat(LockFile.holder(file)).isNull();
        try (LockFile lock = LockFile.take(file, "next")) {
            assertThat(lock).isNotNull();
            assertThat(Files.readString(file)).isEqualTo("next");
        }
    }

    @Test
    void is_free_again_when_closed_and_the_file_stays() throws Exception {
        LockFile.take(file, "first").close();
        assertThat(file).exists();
        try (ChildJvm child = holder("second")) {
            assertThat(LockFile.holder(file)).isEqualTo("second");
        }
    }

    @Test
    void an_empty_file_that_nobody_has_locked_is_free() throws Exception {
        Files.createFile(file);
        assertThat(LockFile.holder(file)).isNull();
        try (LockFile lock = LockFile.take(file, "")) {
            assertThat(lock).isNotNull();
        }
    }
}
