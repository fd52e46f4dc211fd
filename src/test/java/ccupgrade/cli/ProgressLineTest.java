package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

    private static final long GB = 1_000_000_000;

    /** Not zero: {@code nanoTime} has no meaning but in differences, and may be negative. */
    private long now = -5;

    private void pass(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    private ProgressLine on(Screen screen) {
        return new ProgressLine(screen.console, () -> now);
    }

    @Test
    void tells_amount_share_rate_and_time_left() {
        Screen screen = new Screen(Screen.terminal(80));
        ProgressLine progress = on(screen);
        progress.begin("copying jobs.db", 44 * GB / 10);
        pass(3200);
        progress.at(13 * GB / 10);
        assertThat(screen.seen()).isEqualTo("  copying jobs.db  1.3 GB of 4.4 GB  29 %  406 MB/s  8 s left");
    }

    @Test
    void work_that_is_over_within_a_second_is_not_worth_a_line() {
        Screen screen = new Screen(Screen.terminal(80));
        ProgressLine progress = on(screen);
        progress.begin("copying", 10);
        pass(999);
        progress.at(9);
        progress.end();
        assertThat(screen.err()).isEmpty();
    }

    @Test
    void redraws_at_most_ten_times_a_second() {
        Screen screen = new Screen(Screen.terminal(80));
        ProgressLine progress = on(screen);
        progress.begin("copying", 10_000);
        for (int i = 1; i <= 3000; i++) {
            pass(1);
            progress.at(i);
        }
        // From the first second to the third.
        assertThat(screen.err().split("\r", -1)).hasSize(1 + 21);
    }

    @Test
    void nothing_of_it_is_left_at_the_end_but_the_step_below() {
        Screen screen = new Screen(Screen.terminal(80));
        screen.console.live().base("  … snapshot");
        ProgressLine progress = on(screen);
        progress.begin("copying", 10);
        pass(2000);
        progress.at(5);
        assertThat(screen.seen()).startsWith("  copying");
        progress.end();
        assertThat(screen.seen()).isEqualTo("  … snapshot");
    }

    @Test
    void work_without_a_total_tells_the_time() {
        Screen screen = new Screen(Screen.terminal(80));
        ProgressLine progress = on(screen);
        progress.begin("migrating", -1);
        pass(72_000);
        progress.at(0);
        assertThat(screen.seen()).isEqualTo("  migrating  1 min 12 s");
    }

    @Test
    void a_file_gets_a_plain_line_every_ten_seconds_and_none_for_short_work() {
        Screen screen = new Screen(Screen.NO_TERMINAL);
        ProgressLine progress = on(screen);
        progress.begin("hashing", 300);
        for (int i = 1; i <= 25; i++) {
            pass(1000);
            progress.at(i * 10L);
        }
        progress.end();
        assertThat(screen.err()).isEqualTo("""
                          hashing  100 B of 300 B  33 %  10 B/s  20 s left
                          hashing  200 B of 300 B  66 %  10 B/s  10 s left
                        """);
    }

    @Test
    void pieces_do_not_inherit_each_others_time() {
        Screen screen = new Screen(Screen.NO_TERMINAL);
        ProgressLine progress = on(screen);
        progress.begin("one", 10);
        pass(15_000);
        progress.at(10);
        progress.end();
        progress.begin("two", 10);
        pass(9_000);
        progress.at(5);
        progress.end();
        assertThat(screen.err()).contains("one").doesNotContain("two");
    }

    @Test
    void nothing_done_yet_and_a_growing_file_are_no_trouble() {
        Screen screen = new Screen(Screen.terminal(80));
        ProgressLine progress = on(screen);
        progress.begin("copying", 10);
        pass(2000);
        progress.at(0);
        assertThat(screen.seen()).isEqualTo("  copying  0 B of 10 B  0 %  0 B/s");
        pass(2000);
        progress.at(12);
        assertThat(screen.seen()).isEqualTo("  copying  12 B of 12 B  100 %  3 B/s  0 s left");
    }

    @Test
    void a_line_never_wraps() {
        Screen screen = new Screen(Screen.terminal(30));
        ProgressLine progress = on(screen);
        progress.begin("copying a-database-with-a-long-name.db", 10);
        pass(2000);
        progress.at(1);
        assertThat(screen.seen()).isEqualTo("  copying a-database-with-a-…");
    }

    @Test
    void quiet_is_quiet() {
        Screen screen = new Screen(Screen.terminal(80)).given("-q");
        ProgressLine progress = on(screen);
        progress.begin("copying", 10);
        pass(20_000);
        progress.at(1);
        progress.end();
        assertThat(screen.err()).isEmpty();
    }
}
