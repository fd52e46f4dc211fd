package ccupgrade.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.hostile.CommandLineTool.Result;
import ccupgrade.upgrade.Example;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each file of a deployment, damaged by chance, before each command: an exit code of those that are documented, a sentence, no stack
 * trace; and what was refused has changed nothing. That no exception gets out is seen to by {@link CommandLineTool}.
 */
@TestInstance(Lifecycle.PER_CLASS)
class DamagedFilesTest {

    private static final List<List<String>> LOOKS = List.of(
            List.of("status"),
            List.of("list"),
            List.of("history"),
            List.of("history", "2"),
            List.of("show", "1.0"),
            List.of("-o", "json", "status"),
            List.of("install", "--dry-run", "jobs-3.0.jar"),
            List.of("rollback", "--dry-run"));

    private Jobs jobs;

    /** 2.0 is installed, 1.0 was left with its state. */
    @BeforeAll
    void deploy(@TempDir Path directory) throws Exception {
        jobs = Jobs.deployed(directory.resolve("deployed"));
        assertThat(jobs.run("install", "jobs-2.0.jar").exit()).isZero();
        Example.jar(jobs.home.resolve("jobs-3.0.jar"), "3.0", 3);
        for (List<String> look : LOOKS) {
            Result result = jobs.run(look.toArray(String[]::new));
            assertThat(result.exit()).as(result.all()).isEqualTo(look.contains("rollback") ? 3 : 0);
        }
    }

    private Path only(String directory, String pattern) throws Exception {
        try (var files = Files.newDirectoryStream(jobs.home.resolve(directory), pattern)) {
            return files.iterator().next();
        }
    }

    private void damage(Path file, int usual) throws Exception {
        byte[] whole = Files.readAllBytes(file);
        try {
            Fuzz.rounds(usual, random -> {
                // A release's file is read-only.
                Files.deleteIfExists(file);
                Files.write(file, Fuzz.damaged(whole, random));
                look(random);
            });
        } finally {
            Files.deleteIfExists(file);
            Files.write(file, whole);
        }
    }

    private void look(SplittableRandom random) throws Exception {
        List<String> command = LOOKS.get(random.nextInt(LOOKS.size()));
        Map<String, String> before = jobs.content();
        jobs.run(command.toArray(String[]::new));
        assertThat(jobs.content()).as(command.toString()).isEqualTo(before);
    }

    @Test
    void the_configuration() throws Exception {
        damage(jobs.home.resolve("ccupgrade.toml"), 40);
    }

    @Test
    void the_record_of_a_release() throws Exception {
        damage(only("releases", "*.json"), 40);
    }

    @Test
    void the_manifest_of_a_snapshot() throws Exception {
        damage(only(".ccupgrade/snapshots", "2-*").resolve("manifest.json"), 40);
    }

    @Test
    void the_ledger() throws Exception {
        damage(jobs.home.resolve(".ccupgrade/ledger.db"), 40);
    }

    @Test
    void the_text_of_a_lock_that_somebody_holds() throws Exception {
        Path lock = jobs.home.resolve(".ccupgrade/lock");
        byte[] text =
                "install jobs-2.0.jar since 2026-11-22T18:00:00Z by ada, process 7".getBytes(StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            assertThat(held.isValid()).isTrue();
            Fuzz.rounds(20, random -> {
                Files.write(lock, Fuzz.damaged(text, random));
                Result result = jobs.run("install", "jobs-3.0.jar");
                assertThat(result.exit()).isEqualTo(6);
                assertThat(result.err()).doesNotContain("\u001b", "\u0000");
            });
        }
    }

    @Test
    void the_record_of_the_built_in_supervisor(@TempDir Path directory) throws Exception {
        Example example = new Example(directory).whole();
        example.runs(4242, 1_763_810_000);
        Path file = directory.resolve(".ccupgrade/service.json");
        byte[] whole = Files.readAllBytes(file);
        Fuzz.rounds(80, random -> {
            Files.write(file, Fuzz.damaged(whole, random));
            assertThat(CommandLineTool.run(example.surroundings(), directory, "status")
                            .exit())
                    .isZero();
            CommandLineTool.run(example.surroundings(), directory, "rollback", "--dry-run");
        });
    }

    @Test
    void a_journal_of_an_ended_operation() throws Exception {
        damage(jobs.home.resolve(Jobs.JOURNAL), 40);
    }

    @Test
    void the_database() throws Exception {
        damage(jobs.home.resolve("var/jobs.db"), 40);
    }

    @Test
    void a_stored_jar_and_one_to_install() throws Exception {
        damage(only("releases", "*.jar"), 40);
        damage(jobs.home.resolve("jobs-3.0.jar"), 40);
    }

    /** The rollback that relies on it either refuses or restores exactly what was saved. */
    @Test
    void a_rollback_with_a_damaged_snapshot_ends_old_or_new(@TempDir Path directory) throws Exception {
        int[] number = {0};
        Fuzz.rounds(12, random -> {
            Jobs copy = jobs.copiedTo(directory.resolve("copy-" + ++number[0]));
            List<Path> files;
            try (var all = Files.list(copy.home.resolve(".ccupgrade/snapshots"))) {
                Path snapshot = all.filter(path -> path.getFileName().toString().startsWith("2-"))
                        .findFirst()
                        .orElseThrow();
                try (var inside = Files.list(snapshot)) {
                    files = inside.sorted().toList();
                }
            }
            Path file = files.get(random.nextInt(files.size()));
            Files.write(file, Fuzz.damaged(Files.readAllBytes(file), random));
            Result result = copy.run("rollback", "--accept-data-loss");
            String stands = copy.stands();
            assertThat(stands).as(result.all()).isEqualTo(result.exit() == 0 ? "back at 1.0" : "2.0");
        });
    }
}
