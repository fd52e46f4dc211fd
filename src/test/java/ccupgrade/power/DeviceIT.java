package ccupgrade.power;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Power failures on a block device, a sample; scripts/power --device tries them at each event. */
class DeviceIT {

    @TempDir
    Path scratch;

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs"})
    void ends_in_old_or_new_when_a_real_disk_loses_what_was_not_synced(String kind) throws Exception {
        String obstacle = Device.obstacle(scratch, kind);
        assumeTrue(obstacle == null, "skipped: " + obstacle);
        DeviceFailures failures = new DeviceFailures(scratch, kind);
        assertThat(failures.cut("intent migrate", Device.Failure.KEEPS_THE_LOG)).isEqualTo(Judge.Verdict.OLD);
        assertThat(failures.cut("done activate", Device.Failure.LOSES_MEMORY)).isEqualTo(Judge.Verdict.OLD);
        assertThat(failures.cut("intent keep", Device.Failure.LOSES_MEMORY)).isEqualTo(Judge.Verdict.NEW);
    }
}
