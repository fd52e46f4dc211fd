package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.saga.Cancellation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnfinishedTest {

    @TempDir
    Path directory;

    private Example example;

    @BeforeEach
    void a_lock_that_cannot_be_taken() throws Exception {
        example = new Example(directory).whole();
        Path lock = example.deployment().lock();
        Files.deleteIfExists(lock);
        Files.createDirectory(lock);
    }

    private Upgrades upgrades() throws Exception {
        return new Upgrades(
                example.deployment(),
                example.surroundings(),
                new Example.Deaf(),
                Progress.NONE,
                new Cancellation(),
                Duration.ZERO);
    }

    @Test
    void whoever_cannot_even_begin_to_recover_calls_for_the_operator() throws Exception {
        example.journals().begin("install", Map.of());
        assertThatThrownBy(() -> upgrades().recover())
                .isInstanceOf(NeedsOperator.class)
                .hasMessageContaining("cannot take the lock")
                .satisfies(failure -> assertThat(((Fault) failure).remedy())
                        .contains("is still to be ended")
                        .endsWith("ccupgrade recover"));
        assertThatThrownBy(() -> upgrades().stop()).isInstanceOf(NeedsOperator.class);
    }

    @Test
    void where_nothing_was_interrupted_it_is_a_failure_like_others() throws Exception {
        assertThatThrownBy(() -> upgrades().recover()).isInstanceOf(Failed.class);
    }
}
