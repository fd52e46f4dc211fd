package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ccupgrade.it.Deployed.Result;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** File systems that can clone files: an archive is kept without a copy, whatever its migration does to the files. */
class ClonesIT {

    private static final long SIZE = 600L << 20;

    @TempDir
    Path directory;

    private Path mounted;
    private Deployed jobs;

    private void deployOn(String kind) throws Exception {
        assumeTrue(
                BadInputIT.isRoot() && BadInputIT.works("mkfs." + kind, kind.equals("xfs") ? "-V" : "--version"),
                "needs root and mkfs." + kind);
        Path image = directory.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SIZE);
        }
        Path place = Files.createDirectories(directory.resolve("mounted"));
        assertThat(BadInputIT.works("mkfs." + kind, "-q", image.toString())).isTrue();
        assumeTrue(
                BadInputIT.works("mount", "-o", "loop", image.toString(), place.toString()),
                "cannot mount " + kind + " here");
        mounted = place;
        jobs = new Deployed(mounted);
    }

    @AfterEach
    void leave_nothing_running_and_nothing_mounted() throws Exception {
        if (mounted != null) {
            jobs.close();
            assertThat(BadInputIT.works("umount", "-l", mounted.toString())).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xfs", "btrfs"})
    void an_archive_whose_files_are_written_into_comes_back_from_clones(String kind) throws Exception {
        deployOn(kind);
        Path archive = jobs.home.resolve("var/archive");
        Files.createDirectories(archive.resolve("emmy/1"));
        Files.writeString(archive.resolve("version.txt"), "2");
        Files.writeString(archive.resolve("emmy/1/meta.json"), "two");
        configure("");
        done(jobs.install("jobs-1.0"));
        Map<String, String> before = Deployed.contents(archive);

        migrateBy("echo three >var/archive/emmy/1/meta.json; exit 1");
        assertThat(done(jobs.install("jobs-1.1", "--dry-run")).out()).contains("clones");
        Result failed = jobs.install("jobs-1.1");
        assertThat(failed.exit()).as(failed.all()).isEqualTo(4);
        assertThat(failed.err()).contains("the archive as clones");
        assertThat(Deployed.contents(archive)).isEqualTo(before);

        migrateBy("echo three >var/archive/emmy/1/meta.json; echo 3 >var/archive/version.txt");
        assertThat(done(jobs.install("jobs-1.1")).err()).contains("the archive as clones", "archive 2 → 3");
        assertThat(archive.resolve("emmy/1/meta.json")).hasContent("three");
        done(jobs.run("rollback", "--accept-data-loss"));
        assertThat(Deployed.contents(archive)).isEqualTo(before);
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 1.0");
        assertThat(jobs.temporaries()).isEmpty();
    }

    private static Result done(Result result) {
        assertThat(result.exit()).as(result.all()).isZero();
        return result;
    }

    private void configure(String more) throws IOException {
        jobs.configure("[state]\ndatabases = [\"var/jobs.db\"]\narchive = \"var/archive\"\n" + more);
    }

    private void migrateBy(String script) throws IOException {
        configure("[migration]\nof = \"archive\"\ncommand = [\"/bin/sh\", \"-c\", \"" + script + "\"]\n");
    }
}
