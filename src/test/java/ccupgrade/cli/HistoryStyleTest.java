package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.ledger.OperationEntry;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryStyleTest {

    @ParameterizedTest
    @CsvSource({
        "upgraded, PLAIN",
        "rolled back, PLAIN",
        "rehearsed, PLAIN",
        "restored, PLAIN",
        "kept, PLAIN",
        "pruned, PLAIN",
        "unfinished, WARNING",
        "refused, BAD",
        "failed, BAD",
        "taken back, BAD"
    })
    void only_what_did_not_go_well_stands_out(String outcome, Style style) {
        OperationEntry entry = new OperationEntry(
                1,
                "install",
                Instant.EPOCH,
                Instant.EPOCH,
                outcome,
                null,
                null,
                null,
                null,
                "root",
                null,
                null,
                List.of(),
                List.of());
        assertThat(HistoryCommand.styleOf(entry)).isEqualTo(style);
    }
}
