package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** After {@code systemd.exec(5)}, {@code EnvironmentFile=}; the values are those that a unit with these lines was seen to get. */
class EnvironmentFileTest {

    @Test
    void an_assignment_a_line_and_comments_between_them() {
        assertThat(EnvironmentFile.parse("""
                # no=1
                ; no=2
                  A = one two \s
                B=

                not an assignment
                C=x#y # not a comment
                9=no
                D=last"""))
                .hasSize(4)
                .containsEntry("A", "one two")
                .containsEntry("B", "")
                .containsEntry("C", "x#y # not a comment")
                .containsEntry("D", "last");
    }

    @Test
    void quotes_keep_blanks_and_lines_and_are_taken_away_where_a_value_begins() {
        assertThat(EnvironmentFile.parse(
                        "A=\" x \"\nB='a\nb'\nC=one' 'two\nD=\"it's\"\nE='a' \"b\"\nF=a  \"b\"  c  \n"))
                .hasSize(6)
                .containsEntry("A", " x ")
                .containsEntry("B", "a\nb")
                .containsEntry("C", "one' 'two")
                .containsEntry("E", "ab")
                .containsEntry("F", "a  \"b\"  c")
                .containsEntry("D", "it's");
    }

    @Test
    void a_backslash_takes_the_next_character_as_it_is_or_joins_lines() {
        assertThat(EnvironmentFile.parse("A=a\\\nb\nB=\"q\\\"\\n\\$\"\nC='\\x'\nD=a\\ \nE=$HOME\n"))
                .hasSize(5)
                .containsEntry("A", "ab")
                .containsEntry("B", "q\"\\n$")
                .containsEntry("C", "\\x")
                .containsEntry("D", "a ")
                .containsEntry("E", "$HOME");
    }

    @Test
    void what_ends_in_the_middle_is_taken_as_far_as_it_goes() {
        assertThat(EnvironmentFile.parse("A='x")).containsEntry("A", "x");
        assertThat(EnvironmentFile.parse("A=\"x\\")).containsEntry("A", "x");
        assertThat(EnvironmentFile.parse("# x\\")).isEmpty();
    }
}
