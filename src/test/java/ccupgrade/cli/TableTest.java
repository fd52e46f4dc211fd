package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TableTest {

    private static Table releases() {
        return new Table()
                .left("RELEASE")
                .right("SIZE")
                .left("NOTE")
                .row("1795369200", "444 MB", "current, and it has a long note")
                .row(Style.BAD, "17", "1.3 GB", "");
    }

    private static List<String> plain(Table table) {
        return table.lines(OptionalInt.empty(), true, false);
    }

    @Test
    void columns_are_aligned_and_nothing_trails() {
        assertThat(plain(releases()))
                .containsExactly(
                        "RELEASE       SIZE  NOTE",
                        "1795369200  444 MB  current, and it has a long note",
                        "17          1.3 GB");
    }

    @Test
    void the_last_column_is_cut_to_the_terminal() {
        assertThat(releases().lines(OptionalInt.of(34), true, false))
                .containsExactly("RELEASE       SIZE  NOTE", "1795369200  444 MB  current, and…", "17          1.3 GB");
    }

    @Test
    void a_very_narrow_terminal_still_gets_some_of_the_last_column() {
        assertThat(releases().lines(OptionalInt.of(5), false, false)).contains("1795369200  444 MB  current...");
    }

    @Test
    void a_text_goes_on_below_itself_on_a_narrow_terminal_and_loses_nothing() {
        Table findings = new Table()
                .left("")
                .left("")
                .text("")
                .row("ok", "clock", "nothing here lies in the future")
                .row(Style.WARNING, "warning", "snapshots", "is not whole; chmod o-w /srv/jobs/releases");
        assertThat(findings.lines(OptionalInt.of(44), true, false))
                .containsExactly(
                        "ok       clock      nothing here lies in the",
                        "                    future",
                        "warning  snapshots  is not whole; chmod o-w",
                        "                    /srv/jobs/releases");
        assertThat(plain(findings)).hasSize(2);
    }

    @Test
    void a_row_is_coloured_as_a_whole_and_stays_aligned() {
        assertThat(releases().lines(OptionalInt.empty(), true, true))
                .contains("\u001b[31m17          1.3 GB\u001b[0m", "\u001b[1mRELEASE       SIZE  NOTE\u001b[0m");
    }

    @Test
    void without_headings_there_is_no_header() {
        assertThat(plain(new Table().left("").left("").row("version", "1.0"))).containsExactly("version  1.0");
    }

    @Test
    void a_cell_cannot_break_the_table() {
        assertThat(plain(new Table().left("A").left("B").row("x\ny", "\u001b[31m")))
                .containsExactly("A    B", "x y  ?[31m");
    }

    @Test
    void signs_outside_the_basic_plane_take_one_column() {
        assertThat(plain(new Table().left("A").left("B").row("𝒜", "1").row("xy", "2")))
                .containsExactly("A   B", "𝒜   1", "xy  2");
    }

    @Test
    void a_row_of_the_wrong_length_is_a_mistake() {
        assertThatThrownBy(() -> releases().row("only one")).isInstanceOf(IllegalArgumentException.class);
    }
}
