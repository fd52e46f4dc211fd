package ccupgrade.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.fault.NeedsOperator;
import ccupgrade.saga.Entry.Event;
import ccupgrade.saga.Machine.Effect;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JournalTest {

    private final Machine machine = new Machine();

    private Optional<Journal> read() throws Exception {
        return machine.journals.read(1);
    }

    @Test
    void reads_back_what_was_said_whatever_characters_it_has() throws Exception {
        Journal journal =
                machine.journals.begin("install", Map.of("source", "/x/\"é\u2028\n\t\\\",\"crc\":\"00000000\"}"));
        journal.facts().put("empty", "");
        journal.facts().put("lone surrogate", "\ud800!");
        journal.append(Event.INTENT, "", null, null);
        Failure failure = new Failure("a", Failure.Kind.BUSY, "cannot\u0000 \ud83d\ude00", "wait");
        journal.append(Event.FAILED, "a", Long.MAX_VALUE, failure);

        Journal read = read().orElseThrow();
        assertThat(read.kind()).isEqualTo("install");
        assertThat(read.began()).isEqualTo(Machine.CLOCK.instant());
        assertThat(read.facts().get("source")).isEqualTo("/x/\"é\u2028\n\t\\\",\"crc\":\"00000000\"}");
        assertThat(read.facts().get("empty")).isEmpty();
        // What UTF-8 cannot say is lost, but the line can be read.
        assertThat(read.facts().get("lone surrogate")).isEqualTo("?!");
        assertThat(read.entries().get(2).failure()).isEqualTo(failure);
        assertThat(read.entries().get(2).millis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void is_one_line_an_event_for_a_reader_without_tools() throws Exception {
        Script.journal(machine, "a?").append(Event.DONE, "a", 1250L, null);
        assertThat(Files.readAllLines(read().orElseThrow().file()).get(2))
                .isEqualTo(
                        "{\"n\":3,\"at\":\"2026-11-01T02:03:04Z\",\"event\":\"done\",\"ms\":1250,\"step\":\"a\",\"crc\":\"12ffdd8c\"}");
    }

    @Test
    void a_last_line_that_was_cut_short_never_happened_and_makes_room_for_the_next() throws Exception {
        Journal whole = Script.journal(machine, "a? a");
        byte[] bytes = Files.readAllBytes(whole.file());
        Files.write(whole.file(), Arrays.copyOf(bytes, bytes.length - 1));

        Journal cut = read().orElseThrow();
        assertThat(Script.show(cut)).isEqualTo("begin a?");
        cut.append(Event.RECOVER, "", null, null);
        assertThat(Script.show(read().orElseThrow())).isEqualTo("begin a? recover");
    }

    @Test
    void a_damaged_line_in_the_middle_needs_the_operator() throws Exception {
        Journal whole = Script.journal(machine, "a? a b? b");
        byte[] bytes = Files.readAllBytes(whole.file());
        bytes[bytes.length / 2] ^= 1;
        Files.write(whole.file(), bytes);

        assertThatThrownBy(this::read)
                .isInstanceOf(NeedsOperator.class)
                .hasMessage("cannot read /operations/1/journal.jsonl: line 3 is damaged, its checksum is wrong")
                .extracting(e -> ((NeedsOperator) e).remedy())
                .asString()
                .contains("/operations/1 away");
        assertThatThrownBy(machine.journals::open).isInstanceOf(NeedsOperator.class);
    }

    @Test
    void a_journal_that_lost_its_beginning_needs_the_operator() throws Exception {
        Journal whole = Script.journal(machine, "a? a");
        List<String> lines = Files.readAllLines(whole.file());
        Files.write(whole.file(), lines.subList(1, lines.size()));
        assertThatThrownBy(this::read).isInstanceOf(NeedsOperator.class);
    }

    @Test
    void an_entry_that_could_not_be_made_leaves_no_trace_and_its_facts_come_with_the_next() throws Exception {
        for (Effect effect : Effect.values()) {
            machine.reset();
            Journal journal = Script.journal(machine, "a?");
            byte[] before = Files.readAllBytes(journal.file());
            journal.facts().put("said", effect.name());
            machine.trouble((call, verb) -> verb.equals("append") ? effect : null);

            assertThatThrownBy(() -> journal.append(Event.COMMIT, "", null, null))
                    .isInstanceOf(IOException.class);
            assertThat(Files.readAllBytes(journal.file())).isEqualTo(before);
            assertThat(journal.isCommitted()).isFalse();
            assertThat(journal.isInDoubt()).isFalse();

            machine.trouble((call, verb) -> null);
            journal.append(Event.DONE, "a", null, null);
            assertThat(Script.show(read().orElseThrow())).isEqualTo("begin a? a");
            assertThat(read().orElseThrow().facts().get("said")).isEqualTo(effect.name());
        }
    }

    @Test
    void is_in_doubt_as_long_as_a_failed_entry_could_not_be_withdrawn() throws Exception {
        Journal journal = Script.journal(machine, "a?");
        machine.trouble((call, verb) -> verb.equals("append") ? Effect.ALL : Effect.NONE);
        assertThatThrownBy(() -> journal.append(Event.COMMIT, "", null, null)).isInstanceOf(IOException.class);
        assertThat(journal.isInDoubt()).isTrue();
        assertThat(read().orElseThrow().isCommitted()).isTrue();

        // Even where the file has its right length again by what a reader sees: that it lasts is what counts.
        machine.trouble((call, verb) -> verb.equals("truncate") ? Effect.ALL : null);
        assertThatThrownBy(() -> journal.append(Event.DONE, "a", null, null)).isInstanceOf(IOException.class);
        assertThat(journal.isInDoubt()).isTrue();

        machine.trouble((call, verb) -> null);
        journal.append(Event.DONE, "a", null, null);
        assertThat(journal.isInDoubt()).isFalse();
        assertThat(Script.show(read().orElseThrow())).isEqualTo("begin a? a");
    }

    @Test
    void no_damage_makes_it_committed_or_completed_or_fails_in_an_unknown_way() throws Exception {
        Journal journal = Script.journal(machine, "a? a b? b c? c! -c? -c recover -b? -b");
        byte[] bytes = Files.readAllBytes(journal.file());
        // What a vandal with a checksum could write is not what this is about.
        Random random = new Random(20261102);
        int whole = 0;
        int needsOperator = 0;
        for (int round = 0; round < 5000; round++) {
            byte[] mutant = mutate(bytes, random);
            Files.write(journal.file(), mutant);
            Optional<Journal> read;
            try {
                read = read();
            } catch (NeedsOperator e) {
                needsOperator++;
                continue;
            }
            whole += read.isPresent() ? 1 : 0;
            if (read.isPresent()) {
                String seen = "round " + round + ": " + new String(mutant, StandardCharsets.UTF_8);
                assertThat(read.get().isCommitted()).as(seen).isFalse();
                assertThat(read.get().end()).as(seen).isEmpty();
                Ending ending = Machine.saga().recover(new Script().plan("a b c / f"), read.get());
                assertThat(ending).as(seen).isNotInstanceOf(Ending.Completed.class);
            }
        }
        // Both happen often, or the damage is not what it should be.
        assertThat(whole).isGreaterThan(200);
        assertThat(needsOperator).isGreaterThan(2000);
    }

    private static byte[] mutate(byte[] bytes, Random random) {
        byte[] mutant = bytes.clone();
        int from = random.nextInt(mutant.length);
        int length = 1 + random.nextInt(40);
        int to = Math.min(mutant.length, from + length);
        switch (random.nextInt(8)) {
            case 0 -> mutant[from] ^= (byte) (1 << random.nextInt(8));
            case 1 -> mutant = concat(Arrays.copyOf(mutant, from), Arrays.copyOfRange(bytes, to, bytes.length));
            case 2 -> mutant = concat(Arrays.copyOf(mutant, to), Arrays.copyOfRange(bytes, from, bytes.length));
            case 3 -> mutant = Arrays.copyOf(mutant, from);
            case 4 -> Arrays.fill(mutant, from, to, (byte) 0);
            case 5 -> {
                byte[] noise = new byte[length];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, mutant, from, to - from);
            }
            case 6 -> mutant = shuffledLines(bytes, random);
            default -> mutant = concat(mutant, Arrays.copyOfRange(bytes, from, to));
        }
        return mutant;
    }

    private static byte[] shuffledLines(byte[] bytes, Random random) {
        List<String> lines = new ArrayList<>(
                new String(bytes, StandardCharsets.UTF_8).lines().toList());
        Collections.swap(lines, random.nextInt(lines.size()), random.nextInt(lines.size()));
        lines.remove(random.nextInt(lines.size()));
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }

    @Test
    void operations_are_numbered_from_one_and_a_number_is_never_given_twice() throws Exception {
        assertThat(machine.journals.open()).isEmpty();
        assertThat(machine.journals.numbers()).isEmpty();
        Journal first = Script.journal(machine, "end:completed");
        Files.createDirectories(machine.operations.resolve("9"));
        Files.createDirectories(machine.operations.resolve("notes"));
        Files.createDirectories(machine.operations.resolve("010"));
        Journal second = machine.journals.begin("install", Map.of());

        assertThat(Journals.numberOf(first)).isEqualTo(1);
        assertThat(Journals.numberOf(second)).isEqualTo(10);
        assertThat(machine.journals.numbers()).containsExactly(1L, 9L, 10L);
    }

    @Test
    void an_operation_without_a_first_line_never_began_and_hides_none_that_did() throws Exception {
        Script.journal(machine, "a?");
        Files.createDirectories(machine.operations.resolve("2"));
        Files.createDirectories(machine.operations.resolve("3"));
        Files.writeString(machine.operations.resolve("3").resolve("journal.jsonl"), "{\"at\":\"2026-");

        assertThat(machine.journals.read(2)).isEmpty();
        assertThat(machine.journals.read(3)).isEmpty();
        assertThat(machine.journals.read(4)).isEmpty();
        assertThat(machine.journals.kind(1)).contains("script");
        assertThat(machine.journals.kind(2)).isEmpty();
        assertThat(machine.journals.kind(3)).isEmpty();
        assertThat(machine.journals.open().map(Journals::numberOf)).contains(1L);
    }

    @Test
    void an_ended_operation_is_not_open_though_an_older_one_is_damaged() throws Exception {
        Journal first = Script.journal(machine, "a? a");
        Files.writeString(first.file(), "damage\n\n", StandardOpenOption.TRUNCATE_EXISTING);
        Script.journal(machine, "a? a commit end:completed");
        assertThat(machine.journals.open()).isEmpty();
        assertThatThrownBy(() -> machine.journals.read(1)).isInstanceOf(NeedsOperator.class);
    }

    @Test
    void facts_keep_the_order_in_which_they_were_said() {
        Facts facts = new Facts();
        for (String key : List.of("zeta", "alpha", "mid", "beta", "omega", "gamma")) {
            facts.put(key, 1);
        }
        facts.put("alpha", 2);
        assertThat(facts.all().keySet()).containsExactly("zeta", "alpha", "mid", "beta", "omega", "gamma");
        assertThatThrownBy(() -> facts.require("missing")).hasMessageContaining("'missing'");
    }
}
