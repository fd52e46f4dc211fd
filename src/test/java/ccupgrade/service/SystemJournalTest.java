package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SystemJournalTest {

    @TempDir
    private Path directory;

    private Path written;
    private SystemJournal journal;

    @BeforeEach
    void makeSocket() throws Exception {
        written = directory.resolve("written");
        Path socket = directory.resolve("run/systemd/journal/socket");
        Files.createDirectories(socket.getParent());
        Files.createFile(socket);
        journal = new SystemJournal(Map.of("PATH", directory + ":/usr/bin:/bin"), directory);
    }

    private void logger(String script) throws Exception {
        Path logger = directory.resolve("logger");
        Files.writeString(logger, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(logger, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void takes() throws Exception {
        logger("[ \"$*\" = --journald ] && cat >'" + written + "'");
    }

    @Test
    void each_field_is_a_line_in_the_order_given() throws Exception {
        takes();
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("MESSAGE", "2.0 is installed = well");
        fields.put("PRIORITY", "5");
        journal.write(fields);
        assertThat(written).content().isEqualTo("MESSAGE=2.0 is installed = well\nPRIORITY=5\n");
    }

    @Test
    void a_value_cannot_bring_a_field_of_its_own() throws Exception {
        takes();
        journal.write(Map.of("MESSAGE", "cannot migrate\nPRIORITY=0"));
        assertThat(Files.readAllLines(written)).singleElement().asString().startsWith("MESSAGE=cannot migrate");
    }

    @Test
    void a_long_value_is_cut() throws Exception {
        takes();
        journal.write(Map.of("MESSAGE", "x".repeat(1_000_000)));
        assertThat(Files.size(written)).isLessThan(5000);
    }

    @Test
    void a_logger_that_hangs_is_given_up_and_killed() throws Exception {
        logger("echo $$ >'" + written + "'; exec sleep 600");
        journal.write(Map.of("MESSAGE", "x"));
        Optional<ProcessHandle> left =
                ProcessHandle.of(Long.parseLong(Files.readString(written).strip()));
        if (left.isPresent()) {
            left.get().onExit().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_logger_that_fails_or_is_missing_does_no_harm() throws Exception {
        logger("exit 1");
        assertThatCode(() -> journal.write(Map.of("MESSAGE", "x"))).doesNotThrowAnyException();
        Path nothing = Files.createDirectory(directory.resolve("nothing"));
        SystemJournal without = new SystemJournal(Map.of("PATH", nothing.toString()), directory);
        assertThatCode(() -> without.write(Map.of("MESSAGE", "x"))).doesNotThrowAnyException();
    }

    @Test
    void where_there_is_no_journal_nothing_is_started() throws Exception {
        takes();
        new SystemJournal(Map.of("PATH", directory + ":/usr/bin:/bin"), directory.resolve("nothing"))
                .write(Map.of("MESSAGE", "x"));
        assertThat(written).doesNotExist();
    }
}
