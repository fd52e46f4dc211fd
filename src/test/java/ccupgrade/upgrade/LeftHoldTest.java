package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.disk.Progress;
import ccupgrade.saga.Cancellation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftHoldTest {

    @TempDir
    Path directory;

    @Test
    void recover_ends_a_hold_that_no_operation_has_left_as_doctor_advises() throws Exception {
        Example example = new Example(directory).whole();
        Upgrades upgrades = new Upgrades(
                example.deployment(),
                example.surroundings(),
                new Example.Deaf(),
                Progress.NONE,
                new Cancellation(),
                Duration.ZERO);
        Files.createFile(example.deployment().hold());

        Outcome outcome = upgrades.recover();

        assertThat(outcome.result()).isEqualTo(Outcome.Result.DONE);
        assertThat(outcome.headline()).contains("may be started again");
        assertThat(example.deployment().hold()).doesNotExist();
        assertThat(upgrades.recover().result()).isEqualTo(Outcome.Result.NOTHING_TO_DO);
    }
}
