package ccupgrade.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.disk.DurableDisk;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.hostile.CommandLineTool.Result;
import ccupgrade.saga.Entry;
import ccupgrade.saga.Journal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Journals of real interrupted installs, damaged in every way that there is. What is read of one is what was written, without its last
 * lines at most; and without more than the very last only when the file ends there. Everything else needs the operator.
 */
@TestInstance(Lifecycle.PER_CLASS)
class DamagedJournalTest {

    private static final int NEEDS_OPERATOR = 5;

    enum Interrupted {
        BEFORE_MIGRATE,
        AFTER_MIGRATE,
        AFTER_COMMIT,
        IN_THE_UNDO
    }

    private Path place;
    private Jobs deployed;
    private int copies;

    @BeforeAll
    void deploy(@TempDir Path directory) throws Exception {
        place = directory;
        deployed = Jobs.deployed(directory.resolve("deployed"));
    }

    private Jobs copyOf(Jobs jobs) throws Exception {
        return jobs.copiedTo(place.resolve("copy-" + ++copies));
    }

    private Jobs interrupted(Interrupted where) throws Exception {
        Jobs jobs = copyOf(deployed);
        switch (where) {
            case BEFORE_MIGRATE -> jobs.installUntil("done", "snapshot");
            case AFTER_MIGRATE -> jobs.installUntil("done", "migrate");
            case AFTER_COMMIT -> jobs.installUntil("commit", "");
            case IN_THE_UNDO -> {
                jobs.configure("false");
                jobs.installUntil("undo", "migrate");
            }
        }
        return jobs;
    }

    /** How many of the lines are read; -1 when it is for the operator. */
    private static int read(Jobs jobs, byte[] mutant, List<Entry> written) throws Exception {
        Path file = jobs.home.resolve(Jobs.JOURNAL);
        Files.write(file, mutant);
        List<Entry> read;
        try {
            read = Journal.read(new DurableDisk(new Random(1)), file, Clock.systemUTC())
                    .map(Journal::entries)
                    .orElse(List.of());
        } catch (NeedsOperator e) {
            assertThat(e.getMessage()).startsWith("cannot read " + file + ": ");
            return -1;
        }
        assertThat(read).isEqualTo(written.subList(0, read.size()));
        return read.size();
    }

    private static List<Entry> entries(Jobs jobs) throws Exception {
        return Journal.read(new DurableDisk(new Random(1)), jobs.home.resolve(Jobs.JOURNAL), Clock.systemUTC())
                .orElseThrow()
                .entries();
    }

    private static List<byte[]> lines(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8)
                .lines()
                .map(line -> (line + "\n").getBytes(StandardCharsets.UTF_8))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static byte[] joined(List<byte[]> lines) {
        return lines.stream().reduce(new byte[0], Fuzz::concat);
    }

    @ParameterizedTest
    @EnumSource(names = {"AFTER_COMMIT", "IN_THE_UNDO"})
    void any_damage_but_a_missing_end_needs_the_operator(Interrupted where) throws Exception {
        Jobs jobs = interrupted(where);
        byte[] whole = jobs.journal();
        List<Entry> written = entries(jobs);
        assertThat(read(jobs, whole, written)).isEqualTo(written.size());
        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            assertThat(read(jobs, flipped, written)).as("byte %d", i).isEqualTo(-1);
        }
        List<byte[]> lines = lines(whole);
        for (int i = 0; i < lines.size(); i++) {
            List<byte[]> dropped = new ArrayList<>(lines);
            dropped.remove(i);
            assertThat(read(jobs, joined(dropped), written))
                    .as("without line %d", i + 1)
                    .isEqualTo(i == lines.size() - 1 ? i : -1);
            List<byte[]> doubled = new ArrayList<>(lines);
            doubled.add(i, lines.get(i));
            assertThat(read(jobs, joined(doubled), written))
                    .as("line %d twice", i + 1)
                    .isEqualTo(-1);
            for (int other = 0; other < i; other++) {
                List<byte[]> swapped = new ArrayList<>(lines);
                Collections.swap(swapped, i, other);
                assertThat(read(jobs, joined(swapped), written))
                        .as("lines %d and %d swapped", i + 1, other + 1)
                        .isEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AFTER_COMMIT", "IN_THE_UNDO"})
    void what_a_crash_leaves_of_the_last_line_never_happened(Interrupted where) throws Exception {
        Jobs jobs = interrupted(where);
        byte[] whole = jobs.journal();
        List<Entry> written = entries(jobs);
        int complete = 0;
        for (int length = 0; length < whole.length; length++) {
            complete += length > 0 && whole[length - 1] == '\n' ? 1 : 0;
            assertThat(read(jobs, Arrays.copyOf(whole, length), written))
                    .as("its first %d bytes", length)
                    .isEqualTo(complete);
        }
        int last = whole.length - lines(whole).get(written.size() - 1).length;
        for (int sector = 512; sector < whole.length; sector *= 2) {
            for (int from = last; from < whole.length; from = (from / sector + 1) * sector) {
                byte[] unwritten = whole.clone();
                Arrays.fill(unwritten, from, Math.min(whole.length, (from / sector + 1) * sector), (byte) 0);
                assertThat(read(jobs, unwritten, written))
                        .as("no sector from %d", from)
                        .isEqualTo(written.size() - 1);
            }
        }
    }

    @Test
    void chance_finds_no_damage_that_is_read_as_something_else() throws Exception {
        Jobs jobs = interrupted(Interrupted.AFTER_COMMIT);
        byte[] whole = jobs.journal();
        List<Entry> written = entries(jobs);
        Fuzz.rounds(1500, random -> read(jobs, Fuzz.damaged(whole, random), written));
    }

    @ParameterizedTest
    @EnumSource
    void a_recovery_ends_old_or_new_with_or_without_a_torn_last_line(Interrupted where) throws Exception {
        Jobs jobs = interrupted(where);
        byte[] whole = jobs.journal();
        int last = lines(whole).get(lines(whole).size() - 1).length;
        for (int missing : new int[] {0, 1, last / 2, last}) {
            Jobs copy = copyOf(jobs);
            Files.write(copy.home.resolve(Jobs.JOURNAL), Arrays.copyOf(whole, whole.length - missing));
            Result result = copy.run("recover");
            assertThat(result.exit()).as(result.all()).isZero();
            boolean forwards = where == Interrupted.AFTER_COMMIT && missing == 0;
            assertThat(result.out()).contains(forwards ? "2.0 (" : "taken back");
            assertThat(copy.stands()).as(where + " without " + missing).endsWith(forwards ? "2.0" : "1.0");
        }
    }

    @Test
    void a_damaged_commit_record_changes_nothing_and_is_told_by_every_command() throws Exception {
        Jobs jobs = interrupted(Interrupted.AFTER_COMMIT);
        byte[] whole = jobs.journal();
        int number = lines(whole).size();
        int last = whole.length - lines(whole).get(number - 1).length;
        Path file = jobs.home.resolve(Jobs.JOURNAL);
        for (int i = last; i < whole.length; i += 23) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 1;
            Files.write(file, flipped);
            Map<String, String> before = jobs.content();
            for (String[] command : List.of(
                    new String[] {"recover"},
                    new String[] {"install", "jobs-2.0.jar"},
                    new String[] {"rollback"},
                    new String[] {"start"},
                    new String[] {"stop"})) {
                Result result = jobs.run(command);
                assertThat(result.exit()).as(result.all()).isEqualTo(NEEDS_OPERATOR);
                assertThat(result.err()).contains(file.toString(), "line " + number + " is damaged");
            }
            for (String look : List.of("status", "list", "history")) {
                Result result = jobs.run(look);
                assertThat(result.all())
                        .contains(
                                look.equals("list") ? "1.0" : file.getFileName().toString());
            }
            assertThat(jobs.content()).isEqualTo(before);
        }
    }

    @Test
    void a_journal_that_is_gone_though_more_was_left_of_its_operation_needs_the_operator() throws Exception {
        Jobs jobs = interrupted(Interrupted.AFTER_MIGRATE);
        Files.write(jobs.home.resolve(Jobs.JOURNAL), new byte[0]);
        Map<String, String> before = jobs.content();
        Result result = jobs.run("recover");
        assertThat(result.exit()).as(result.all()).isEqualTo(NEEDS_OPERATOR);
        assertThat(result.err()).contains(Jobs.JOURNAL, "migration.log");
        assertThat(jobs.content()).isEqualTo(before);
    }
}
