package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.fault.Busy;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Misuse;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class ExitCodeTest {

    @Test
    void the_numbers_are_those_that_scripts_know() {
        assertThat(Arrays.stream(ExitCode.values()).map(code -> code + " " + code.number()))
                .containsExactly(
                        "DONE 0", "FAILED 1", "USAGE 2", "REFUSED 3", "TAKEN_BACK 4", "NEEDS_OPERATOR 5", "BUSY 6");
    }

    @Test
    void each_kind_of_fault_has_its_code() {
        assertThat(ExitCode.of(new Misuse("m", null))).isEqualTo(ExitCode.USAGE);
        assertThat(ExitCode.of(new Refused("m", null))).isEqualTo(ExitCode.REFUSED);
        assertThat(ExitCode.of(new Busy("m", null))).isEqualTo(ExitCode.BUSY);
        assertThat(ExitCode.of(new NeedsOperator("m", null))).isEqualTo(ExitCode.NEEDS_OPERATOR);
        assertThat(ExitCode.of(new Failed("m", null))).isEqualTo(ExitCode.FAILED);
        assertThat(ExitCode.of(new IOException("m"))).isEqualTo(ExitCode.FAILED);
        assertThat(ExitCode.of(new NullPointerException())).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void a_wrapper_of_another_thread_hides_nothing() {
        assertThat(ExitCode.of(new ExecutionException(new Refused("m", null)))).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void a_fault_is_not_softened_by_its_cause() {
        assertThat(ExitCode.of(new NeedsOperator("m", null, new Refused("inner", null))))
                .isEqualTo(ExitCode.NEEDS_OPERATOR);
    }
}
