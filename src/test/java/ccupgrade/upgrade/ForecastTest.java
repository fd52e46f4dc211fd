package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.ledger.Ledger;
import ccupgrade.ledger.OperationEntry;
import ccupgrade.ledger.RehearsalEntry;
import ccupgrade.ledger.StepEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForecastTest {

    private static final RehearsalEntry A_MINUTE = rehearsed(null, true, null);

    @TempDir
    Path directory;

    /** The migration took a minute. */
    private static RehearsalEntry rehearsed(@Nullable Duration look, boolean whole, @Nullable Duration start) {
        return new RehearsalEntry(
                "ab",
                true,
                1000,
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                null,
                look,
                whole,
                start,
                5000,
                3000,
                2000,
                10,
                "3",
                "4");
    }

    private static OperationEntry operation(long number, long hold, long start, long health, @Nullable Duration down) {
        return new OperationEntry(
                number,
                "install",
                Instant.EPOCH,
                Instant.EPOCH,
                "upgraded",
                null,
                null,
                null,
                down,
                "ada",
                null,
                null,
                List.of(
                        new StepEntry(0, "hold", "do", "done", Duration.ofSeconds(hold), null),
                        new StepEntry(1, "start", "do", "done", Duration.ofSeconds(start), null),
                        new StepEntry(2, "health", "do", "done", Duration.ofSeconds(health), null)),
                List.of());
    }

    @Test
    void takes_stop_and_start_from_what_happened_here_and_the_migration_from_the_rehearsal() throws Exception {
        try (Ledger ledger = Ledger.open(directory.resolve("ledger.db"))) {
            ledger.recordAll(List.of(
                    operation(1, 3, 1, 4, Duration.ofSeconds(9)),
                    operation(2, 5, 2, 8, Duration.ofSeconds(20)),
                    operation(3, 4, 1, 5, Duration.ofSeconds(12)),
                    // The service did not run: nothing to learn about stopping it.
                    operation(4, 60, 60, 60, null)));
            Forecast forecast = Forecast.of(A_MINUTE, ledger);

            assertThat(forecast.expected())
                    .isEqualTo(Duration.ofSeconds(4 + 60 + 6).plusMillis(300));
            assertThat(forecast.least()).isLessThan(forecast.expected());
            // The longest stop and start that were seen, and half as much again for the migration.
            assertThat(forecast.most()).isGreaterThanOrEqualTo(Duration.ofSeconds(5 + 10 + 90));
            assertThat(forecast.parts()).extracting(Forecast.Part::basis).contains("as in the last 3 operations");
        }
    }

    @Test
    void a_start_that_was_rehearsed_counts_for_more_than_those_that_happened() throws Exception {
        RehearsalEntry started = rehearsed(null, true, Duration.ofSeconds(20));
        try (Ledger ledger = Ledger.open(directory.resolve("ledger.db"))) {
            ledger.recordAll(List.of(operation(1, 3, 1, 4, Duration.ofSeconds(9))));
            Forecast forecast = Forecast.of(started, ledger);

            assertThat(forecast.expected())
                    .isEqualTo(Duration.ofSeconds(3 + 60 + 20).plusMillis(300));
            assertThat(forecast.most()).isGreaterThanOrEqualTo(Duration.ofSeconds(3 + 90 + 30));
            assertThat(forecast.parts()).contains(new Forecast.Part("start", Duration.ofSeconds(20), "as rehearsed"));
        }
    }

    @Test
    void says_what_it_only_assumes() throws Exception {
        try (Ledger ledger = Ledger.open(directory.resolve("ledger.db"))) {
            Forecast forecast = Forecast.of(A_MINUTE, ledger);
            assertThat(forecast.parts()).extracting(Forecast.Part::basis).contains("assumed", "as rehearsed");
        }
    }

    @Test
    void knows_no_most_when_the_archive_was_not_rehearsed() throws Exception {
        RehearsalEntry part = rehearsed(null, false, null);
        try (Ledger ledger = Ledger.open(directory.resolve("ledger.db"))) {
            Forecast forecast = Forecast.of(part, ledger);

            assertThat(forecast.whole()).isFalse();
            assertThat(forecast.text())
                    .startsWith("at least ")
                    .doesNotContain("about")
                    .contains("not known");
        }
    }

    @Test
    void counts_the_look_at_each_file_of_the_archive_that_an_install_takes_after_the_stop() throws Exception {
        RehearsalEntry many = rehearsed(Duration.ofSeconds(20), true, null);
        try (Ledger ledger = Ledger.open(directory.resolve("ledger.db"))) {
            Forecast forecast = Forecast.of(many, ledger);
            Forecast without = Forecast.of(A_MINUTE, ledger);

            assertThat(forecast.expected()).isEqualTo(without.expected().plusSeconds(20));
            assertThat(forecast.least()).isGreaterThan(without.least());
            assertThat(forecast.most()).isGreaterThanOrEqualTo(without.most().plusSeconds(20));
            assertThat(forecast.parts().stream().map(Forecast.Part::expected).reduce(Duration.ZERO, Duration::plus))
                    .isEqualTo(forecast.expected());
        }
    }
}
