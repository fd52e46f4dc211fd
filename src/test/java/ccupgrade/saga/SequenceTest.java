package ccupgrade.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables of sequences; {@link Script} says how to read them. */
class SequenceTest {

    private final Machine machine = new Machine();
    private final Script script = new Script();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # plan      | what happened | journal                                                                      | ending
            ''          | ''            | begin commit end:completed                                                   | completed
            a b c       | a b c         | begin a? a b? b c? c commit end:completed                                    | completed
            a / f g     | a f g         | begin a? a commit f? f g? g end:completed                                    | completed
            a! b c      | -a            | begin a? a! -a? -a end:taken-back                                            | taken back after a REFUSED
            a b! c      | a -b -a       | begin a? a b? b! -b? -b -a? -a end:taken-back                                | taken back after b REFUSED
            a b c!      | a b -c -b -a  | begin a? a b? b c? c! -c? -c -b? -b -a? -a end:taken-back                    | taken back after c REFUSED
            a b~ c      | a b~ -b -a    | begin a? a b? b! -b? -b -a? -a end:taken-back                                | taken back after b FAILED
            a b% c      | a -b -a       | begin a? a b? b! -b? -b -a? -a end:taken-back                                | taken back after b DEFECT
            a b& c      | a -b -a       | begin a? a b? b! -b? -b -a? -a end:taken-back                                | taken back after b DEFECT
            a: b        | ''            | begin a! end:taken-back                                                      | taken back after a FAILED
            a b: c      | a -a          | begin a? a b! -a? -a end:taken-back                                          | taken back after b FAILED
            a b c!^     | a b           | begin a? a b? b c? c! -c? -c!                                                | stuck at c after c
            a b^ c!     | a b -c        | begin a? a b? b c? c! -c? -c -b? -b!                                         | stuck at b after c
            a^ b c~     | a b c~ -c -b  | begin a? a b? b c? c! -c? -c -b? -b -a? -a!                                  | stuck at a after c
            a b! / f    | a -b -a       | begin a? a b? b! -b? -b -a? -a end:taken-back                                | taken back after b REFUSED
            a / f! g    | a g           | begin a? a commit f? f! g? g                                                 | completed but f
            a / f! g~   | a g~          | begin a? a commit f? f! g? g!                                                | completed but f g
            a^ / f%     | a             | begin a? a commit f? f!                                                      | completed but f
            """)
    void runs(String plan, String happened, String journal, String ending) throws Exception {
        Journal written = machine.journals.begin("script", Map.of());
        Ending came = Machine.saga().run(script.plan(plan), written);

        assertThat(script.happened()).isEqualTo(happened);
        assertThat(Script.show(written)).isEqualTo(journal);
        assertThat(Script.show(came)).isEqualTo(ending);
        assertThat(machine.journals.read(1).orElseThrow().entries()).isEqualTo(written.entries());
        assertThat(machine.journals.open().isPresent()).isEqualTo(!journal.contains("end:"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # plan      | journal when it was interrupted   | what then happens | added to the journal                    | ending
            a b c / f   | begin                             | ''                | recover end:taken-back                  | taken back
            a b c / f   | begin a?                          | -a                | recover -a? -a end:taken-back           | taken back
            a b c / f   | begin a? a                        | -a                | recover -a? -a end:taken-back           | taken back
            a b c / f   | begin a? a b?                     | -b -a             | recover -b? -b -a? -a end:taken-back    | taken back
            a b c / f   | begin a? a b? b c? c              | -c -b -a          | recover -c? -c -b? -b -a? -a end:taken-back | taken back
            a b c / f   | begin a? a b? b!                  | -b -a             | recover -b? -b -a? -a end:taken-back    | taken back after b FAILED
            a b c / f   | begin a? a b!                     | -a                | recover -a? -a end:taken-back           | taken back after b FAILED
            a b c / f   | begin a? a b? b! -b?              | -b -a             | recover -b? -b -a? -a end:taken-back    | taken back after b FAILED
            a b c / f   | begin a? a b? b! -b? -b           | -a                | recover -a? -a end:taken-back           | taken back after b FAILED
            a b c / f   | begin a? a b? b! -b? -b -a?       | -a                | recover -a? -a end:taken-back           | taken back after b FAILED
            a b c / f   | begin a? a b? b! -b? -b -a? -a    | ''                | recover end:taken-back                  | taken back after b FAILED
            a b c / f   | begin a? a b? b! -b? -b!          | -b -a             | recover -b? -b -a? -a end:taken-back    | taken back after b FAILED
            a b^ c / f  | begin a? a b? b! -b? -b!          | ''                | recover -b? -b!                         | stuck at b after b
            a b c / f   | begin a? a b? recover -b?         | -b -a             | recover -b? -b -a? -a end:taken-back    | taken back
            # The records of some undos could not be made: those of earlier steps stand for them.
            a b c / f   | begin a? a b? b c? c! -a?         | -a                | recover -a? -a end:taken-back           | taken back after c FAILED
            a b c / f   | begin a? a b? b c? c! -b          | -a                | recover -a? -a end:taken-back           | taken back after c FAILED
            a b c / f   | begin a? a b? b c? c! -a          | ''                | recover end:taken-back                  | taken back after c FAILED
            a b c / f   | begin a? a b? b c? c! -b!         | -b -a             | recover -b? -b -a? -a end:taken-back    | taken back after c FAILED
            # Past the point of no return.
            a / f g     | begin a? a commit                 | f g               | recover f? f g? g end:completed         | completed
            a / f g     | begin a? a commit f?              | f g               | recover f? f g? g end:completed         | completed
            a / f g     | begin a? a commit f? f            | g                 | recover g? g end:completed              | completed
            a / f g     | begin a? a commit f? f! g? g      | f                 | recover f? f end:completed              | completed
            a / f! g    | begin a? a commit f? f! g? g      | ''                | recover f? f!                           | completed but f
            a / f g     | begin a? a commit f? f g? g       | ''                | recover end:completed                   | completed
            # A step that this plan does not have: nothing is taken back, of the known ones neither.
            a b         | begin a? a b? b z? z              | ''                | recover                                 | stuck at z
            """)
    void recovers(String plan, String interrupted, String happened, String added, String ending) throws Exception {
        Script.journal(machine, interrupted);
        Journal open = machine.journals.open().orElseThrow();
        Ending came = Machine.saga().recover(script.plan(plan), open);

        assertThat(script.happened()).isEqualTo(happened);
        assertThat(Script.show(machine.journals.read(1).orElseThrow())).isEqualTo(interrupted + " " + added);
        assertThat(Script.show(came)).isEqualTo(ending);
    }

    /** Cut before, in and after the end of each line, and at many places in the middle of each. */
    @ParameterizedTest
    @CsvSource({"a b c / f g", "a b~ c / f g", "a b c! / f", "a / f! g"})
    void recovers_from_a_journal_cut_anywhere(String text) throws Exception {
        Journal whole = machine.journals.begin("script", Map.of("asked", "for → this"));
        Machine.saga().run(script.plan(text), whole);
        byte[] bytes = Files.readAllBytes(whole.file());
        int commit = endOfLine(bytes, "\"event\":\"commit\"");
        for (int length = 0; length < bytes.length; length++) {
            if (length % 11 != 0 && bytes[length] != '\n' && bytes[Math.max(0, length - 1)] != '\n') {
                continue;
            }
            Files.write(whole.file(), Arrays.copyOf(bytes, length));
            boolean started = machine.journals.open().isPresent();
            if (!started) {
                assertThat(length).isLessThan(endOfLine(bytes, "\"event\":\"begin\""));
                continue;
            }
            Journal cut = machine.journals.open().orElseThrow();
            Ending ending = Machine.saga().recover(new Script().plan(text.replaceAll("[!~]", "")), cut);

            assertThat(ending.getClass())
                    .as("cut after byte " + length)
                    .isEqualTo(length >= commit ? Ending.Completed.class : Ending.TakenBack.class);
            assertThat(cut.end()).isPresent();
            assertThat(machine.journals.read(1).orElseThrow().entries()).isEqualTo(cut.entries());
        }
    }

    private static int endOfLine(byte[] bytes, String part) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = text.indexOf(part);
        return at < 0 ? Integer.MAX_VALUE : text.indexOf('\n', at) + 1;
    }

    @Test
    void recovering_twice_at_once_undoes_nothing_twice() throws Exception {
        Script.journal(machine, "begin a? a b?");
        Plan plan = script.plan("a b");
        Machine.saga().recover(plan, machine.journals.open().orElseThrow());
        assertThat(machine.journals.open()).isEmpty();
        Machine.saga().recover(plan, machine.journals.read(1).orElseThrow());
        assertThat(script.happened()).isEqualTo("-b -a");
    }

    @Test
    void counts_how_often_an_operation_was_taken_over() throws Exception {
        Script.journal(machine, "begin a?");
        for (int time = 1; time <= 3; time++) {
            Journal open = machine.journals.open().orElseThrow();
            Machine.saga().recover(script.plan("a^"), open);
            assertThat(machine.journals.read(1).orElseThrow().recoveries()).isEqualTo(time);
        }
    }

    @Test
    void tells_the_undos_which_step_failed_and_why() throws Exception {
        Journal journal = machine.journals.begin("script", Map.of());
        Machine.saga().run(script.plan("a b! c"), journal);
        Facts facts = machine.journals.read(1).orElseThrow().facts();
        assertThat(facts.get(Saga.FAILED_STEP)).isEqualTo("b");
        assertThat(facts.get(Saga.FAILED_KIND)).isEqualTo("REFUSED");
        assertThat(facts.get(Saga.FAILED_MESSAGE)).isEqualTo("cannot do b");
    }

    @Test
    void does_not_call_what_failed_after_the_point_of_no_return_a_reason_for_turning_back() throws Exception {
        Journal journal = machine.journals.begin("script", Map.of());
        Machine.saga().run(script.plan("a / f!"), journal);
        assertThat(journal.failure()).isNull();
        assertThat(journal.facts().has(Saga.FAILED_STEP)).isFalse();
    }

    @Test
    void stops_where_it_cannot_tell_whether_the_commit_record_is_there() throws Exception {
        Journal journal = machine.journals.begin("script", Map.of());
        Plan plan = script.plan("a b / f");
        // Four calls for the two steps; the fifth writes the record and reports a failure, and so do all after it.
        machine.trouble((call, verb) -> call < 4 ? null : call == 4 ? Machine.Effect.ALL : Machine.Effect.NONE);
        Ending ending = Machine.saga().run(plan, journal);

        assertThat(Script.show(ending)).isEqualTo("stuck at commit after commit");
        assertThat(script.happened()).isEqualTo("a b");
        machine.start();
        Ending recovered = Machine.saga().recover(plan, machine.journals.open().orElseThrow());
        assertThat(Script.show(recovered)).isEqualTo("completed");
        assertThat(script.happened()).isEqualTo("a b f");
    }

    @Test
    void takes_back_when_the_commit_record_could_be_withdrawn() throws Exception {
        Journal journal = machine.journals.begin("script", Map.of());
        machine.trouble((call, verb) -> call == 4 ? Machine.Effect.ALL : null);
        Ending ending = Machine.saga().run(script.plan("a b / f"), journal);

        assertThat(Script.show(ending)).isEqualTo("taken back after commit FAILED");
        assertThat(script.happened()).isEqualTo("a b -b -a");
        assertThat(Script.show(machine.journals.read(1).orElseThrow()))
                .isEqualTo("begin a? a b? b commit! -b? -b -a? -a end:taken-back");
    }

    @Test
    void goes_back_even_when_nothing_can_be_recorded() throws Exception {
        Journal journal = machine.journals.begin("script", Map.of());
        Saga saga = Machine.saga();
        machine.trouble((call, verb) -> call < 3 ? null : Machine.Effect.NONE);
        Ending ending = saga.run(script.plan("a b c"), journal);

        // It is the result of 'b' that could not be recorded.
        assertThat(Script.show(ending)).isEqualTo("taken back after b FAILED");
        assertThat(script.happened()).isEqualTo("a b -b -a");
        assertThat(saga.unrecorded())
                .hasSize(6)
                .allMatch(failure -> failure.step().equals("journal"));
    }

    @Test
    void refuses_a_plan_with_two_steps_of_one_name() {
        assertThatThrownBy(() -> script.plan("a b a")).hasMessageContaining("'a'");
        assertThatThrownBy(() -> script.plan("a b / a")).hasMessageContaining("'a'");
        assertThat(script.plan("a b / c").steps()).extracting(Step::name).isEqualTo(List.of("a", "b"));
    }
}
