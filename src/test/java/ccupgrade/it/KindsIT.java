package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that is no jar, under the built-in supervisor. */
class KindsIT {

    @TempDir
    Path directory;

    private Path archive(String version) throws Exception {
        Path build = Files.createDirectories(directory.resolve("jobs-" + version + "/bin"))
                .getParent();
        Files.writeString(
                build.resolve("bin/jobs"), "#!/bin/sh\necho \"$JOBS $1\" > ran-" + version + "\nexec sleep 600\n");
        Files.writeString(build.resolve("bin/tool"), "#!/bin/sh\nexit 0\n");
        Path archive = directory.resolve("jobs-" + version + ".tar.gz");
        Process tar = new ProcessBuilder("sh", "-c", "chmod 755 jobs-*/bin/*; tar -czf " + archive + " jobs-" + version)
                .directory(directory.toFile())
                .start();
        assertThat(tar.waitFor(20, TimeUnit.SECONDS) && tar.exitValue() == 0).isTrue();
        return archive;
    }

    @Test
    void an_archive_with_two_executables_is_installed_upgraded_and_gone_back_from() throws Exception {
        try (Deployed jobs = new Deployed(directory.resolve("deployed"))) {
            Files.writeString(jobs.home.resolve("ccupgrade.toml"), """
                    name = "jobs"
                    [service]
                    args = ["-server"]
                    environment = { JOBS = "here" }
                    [state]
                    databases = ["var/*.db"]
                    [health]
                    stable = "200ms"
                    """);
            Deployed.Result ambiguous = jobs.run("install", archive("1.0").toString());
            assertThat(ambiguous.exit()).isEqualTo(3);
            assertThat(ambiguous.err())
                    .contains("cannot tell what is to be run of jobs-1.0.tar.gz: it holds bin/jobs, bin/tool");
            assertThat(Deployed.names(jobs.home.resolve("releases"), ".*")).isEmpty();

            Files.writeString(
                    jobs.home.resolve("ccupgrade.toml"),
                    Files.readString(jobs.home.resolve("ccupgrade.toml")) + "[releases]\nexecutable = \"bin/jobs\"\n");
            Deployed.Result first = jobs.run("install", archive("1.0").toString());
            assertThat(first.exit()).as(first.all()).isZero();
            assertThat(jobs.home.resolve("ran-1.0")).hasContent("here -server");

            Path next = archive("1.1");
            Deployed.Result second = jobs.run("install", next.toString());
            assertThat(second.exit()).as(second.all()).isZero();
            assertThat(jobs.home.resolve("ran-1.1")).exists();
            assertThat(jobs.run("install", next.toString()).all()).contains("already installed");

            Files.delete(jobs.home.resolve("ran-1.0"));
            Deployed.Result back = jobs.run("rollback", "-y");
            assertThat(back.exit()).as(back.all()).isZero();
            assertThat(jobs.home.resolve("ran-1.0")).exists();
            assertThat(jobs.run("status").out()).contains("running as process");

            Path tool = jobs.link().toRealPath().resolveSibling("tool");
            Files.delete(tool);
            Deployed.Result verified = jobs.run("-o", "json", "verify");
            assertThat(verified.exit()).isEqualTo(3);
            assertThat(verified.out()).contains("\"kind\": \"verification\"", "/bin/tool is missing");
        }
    }
}
