package ccupgrade.power;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.power.Op.Entry;
import ccupgrade.power.Op.Names;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sample, always the same, of the disks that a power failure may leave; scripts/power tries all of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PowerLossIT {

    private static final int WHOLE = 3;
    private static final int SAMPLE = 60;

    private final Map<String, Scenario> recorded = new HashMap<>();
    private final Map<String, Set<String>> possible = new HashMap<>();
    private Path scratch;

    @BeforeAll
    void make_room() throws Exception {
        scratch = Enumerate.scratch();
    }

    @AfterAll
    void clear_away() throws Exception {
        FileUtils.deleteDirectory(scratch.toFile());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"install", "taken-back", "rollback", "install-copies", "taken-back-links", "rollback-links"})
    void ends_in_old_or_new_after_a_power_failure(String name) throws Exception {
        Scenario scenario = recorded(name);
        Scenario.Result result = scenario.judge(failures(scenario.recording()), sample(scenario.recording()), 5);
        assertThat(result.wrong()).as(result.toString()).isEmpty();
        assertThat(result.old()).as(result.toString()).isPositive();
        if (!name.startsWith("taken-back")) {
            assertThat(result.anew()).as(result.toString()).isPositive();
        }
    }

    @Test
    void ends_in_old_when_the_power_fails_again_during_the_recovery() throws Exception {
        Scenario scenario = recorded("install");
        List<PowerFailures.Disk> disks = new ArrayList<>();
        failures(scenario.recording())
                .forEach(disk -> disk.prefix() >= scenario.recording().commitWritten() - 1 || disks.add(disk));
        Scenario recovery = scenario.recovery(disks.get(disks.size() - 1));
        Scenario.Result result = recovery.judge(failures(recovery.recording()), sample(recovery.recording()), 5);
        assertThat(result.wrong()).as(result.toString()).isEmpty();
        assertThat(result.old()).as(result.toString()).isPositive();
    }

    @Test
    void finds_the_missing_sync_of_a_journal_record() throws Exception {
        requireFound("install", recording -> {
            int journal = recording.numberOf(".ccupgrade/operations/2/journal.jsonl");
            return (sync, before) -> sync.number() == journal;
        });
    }

    @Test
    void finds_the_missing_sync_of_a_release_s_bytes() throws Exception {
        requireFound("install", recording -> (sync, before) -> isJar(recording, sync.number()));
    }

    @Test
    void finds_the_missing_sync_of_the_link_s_name() throws Exception {
        requireFound(
                "install",
                recording -> (sync, before) -> before > 0
                        && recording.ops().get(before - 1) instanceof Names names
                        && names.entries().get(0).name().equals("current"));
    }

    @Test
    void finds_the_missing_sync_of_what_a_migration_left_to_the_kernel() throws Exception {
        requireFound("install", recording -> {
            int log = recording.numberOf("var/jobs.db-wal");
            assertThat(log).isNotNegative();
            return (sync, before) -> sync.number() == log;
        });
    }

    @Test
    void finds_the_missing_sync_of_what_the_migration_of_an_archive_left_to_the_kernel() throws Exception {
        requireFound("install-copies", recording -> {
            int version = recording.numberOf("var/archive/version.txt");
            return (sync, before) -> sync.number() == version;
        });
    }

    @Test
    void finds_the_missing_sync_of_a_stale_log_s_removal_before_a_restore() throws Exception {
        requireFound("taken-back", recording -> {
            int directory = recording.numberOf("var");
            return (sync, before) -> sync.number() == directory;
        });
    }

    @Test
    void finds_the_missing_sync_of_a_snapshot_s_bytes() throws Exception {
        requireFound("taken-back", recording -> {
            // Restored by a rename, so in the end it is the database.
            int copy = recording.numberOf("var/jobs.db");
            return (sync, before) -> sync.number() == copy;
        });
    }

    private static boolean isJar(Recording recording, int number) {
        return recording.ops().stream()
                .anyMatch(op -> op instanceof Names names
                        && names.entries().stream().anyMatch(entry -> isJar(entry) && entry.file() == number));
    }

    private static boolean isJar(Entry entry) {
        return entry.name().endsWith(".jar");
    }

    private interface Mutation {
        BiPredicate<Op.Sync, Integer> of(Recording recording);
    }

    /** Of the disks that only the missing sync makes possible at least one leads elsewhere. */
    private void requireFound(String name, Mutation mutation) throws Exception {
        Scenario scenario = recorded(name);
        Set<String> withAllSyncs = possible(name, scenario);
        Recording careless = scenario.recording().without(mutation.of(scenario.recording()));
        Scenario.Result result =
                scenario.with(careless).judge(failures(careless), disk -> !withAllSyncs.contains(disk.key()), 1);
        assertThat(result.wrong()).as(result.toString()).isNotEmpty();
    }

    private Set<String> possible(String name, Scenario scenario) throws Exception {
        if (!possible.containsKey(name)) {
            Set<String> keys = new HashSet<>();
            failures(scenario.recording()).forEach(disk -> {
                keys.add(disk.key());
                return true;
            });
            possible.put(name, keys);
        }
        return possible.get(name);
    }

    private Scenario recorded(String name) throws Exception {
        Scenario known = recorded.get(name);
        if (known == null) {
            known = Scenario.record(name, scratch);
            recorded.put(name, known);
        }
        return known;
    }

    private static PowerFailures failures(Recording recording) {
        return new PowerFailures(recording, WHOLE, 0);
    }

    /** Evenly over the whole of it. */
    private static Predicate<PowerFailures.Disk> sample(Recording recording) throws Exception {
        int different = failures(recording).forEach(disk -> true).different();
        int every = Math.max(1, different / SAMPLE);
        AtomicInteger number = new AtomicInteger();
        return disk -> number.getAndIncrement() % every == 0;
    }
}
