package ccupgrade.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.upgrade.Example;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A clock that somebody sets, in the middle of operations and between them. */
class JumpingClockTest {

    @TempDir
    Path directory;

    @Test
    void a_clock_that_is_never_right_hinders_nothing() throws Exception {
        Jobs jobs = Jobs.deployed(directory.resolve("jobs"));
        SplittableRandom random = new SplittableRandom(1);
        jobs.clock = new Clock() {
            @Override
            public Instant instant() {
                return Instant.now().plus(Duration.ofHours(random.nextInt(-100_000, 100_000)));
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        succeeds(jobs, "install", "jobs-2.0.jar");
        assertThat(jobs.stands()).isEqualTo("2.0");
        for (String look : List.of("status", "list", "history")) {
            succeeds(jobs, look);
        }
        succeeds(jobs, "rollback", "--accept-data-loss");
        assertThat(jobs.stands()).isEqualTo("back at 1.0");
    }

    @Test
    void a_clock_that_was_set_back_does_not_make_an_older_state_the_newest() throws Exception {
        Jobs jobs = Jobs.deployed(directory.resolve("jobs"));
        Example database = new Example(jobs.home);
        jobs.configure("true");
        jobs.clock = Clock.offset(Clock.systemUTC(), Duration.ofDays(1000));
        succeeds(jobs, "install", "jobs-2.0.jar");
        succeeds(jobs, "rollback", "--accept-data-loss");
        database.sql("UPDATE jobs SET name = 'later'");
        jobs.clock = Clock.systemUTC();
        Example.jar(jobs.home.resolve("jobs-2.1.jar"), "2.1", 2);
        succeeds(jobs, "install", "jobs-2.1.jar");
        succeeds(jobs, "rollback", "1.0", "--accept-data-loss");
        assertThat(jobs.rows()).isEqualTo("later");
    }

    private static void succeeds(Jobs jobs, String... command) {
        CommandLineTool.Result result = jobs.run(command);
        assertThat(result.exit()).as(result.all()).isZero();
    }
}
