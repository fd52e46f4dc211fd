package ccupgrade.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class MarkdownTest {

    @Test
    void columns_are_as_wide_as_their_widest_cell() {
        Markdown table = new Markdown("database", "s");
        table.row("1 GB", "0.31 (0.28–0.40)");
        assertThat(table).hasToString("""
                        | database | s                |
                        |----------|------------------|
                        | 1 GB     | 0.31 (0.28–0.40) |
                        """);
    }

    @Test
    void a_row_has_a_cell_for_each_column() {
        Markdown table = new Markdown("a", "b");
        assertThatIllegalArgumentException().isThrownBy(() -> table.row("1"));
    }
}
