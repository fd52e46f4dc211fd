package ccupgrade.faults;

import ccupgrade.sample.SampleJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is deployed: as what its releases come, and what belongs to its state. */
enum Sample {
    /** {@code jobs} of {@code src/sample}, with Flyway. Costs a Java for each start, each migration and each stop. */
    JAR(""),
    /** The same as a native executable, {@code src/faults/jobs.c}: a start takes a millisecond. */
    PROGRAM("""
            [versions]
            command = ["{release}", "-version"]
            version = '(?m)^Version:\\s*(\\S+)'
            database = 'SQL db version:\\s*(\\d+)'
            """),
    /** That in a directory, out of an archive, with a configuration file and an archive beside the database. */
    WHOLE(PROGRAM.configuration + """
            archive = 'Job archive version:\\s*(\\d+)'
            [releases]
            executable = "bin/jobs"
            """);

    private static final String FILE = "config.json";
    private static final String ARCHIVE = "var/archive";

    private final String configuration;

    Sample(String configuration) {
        this.configuration = configuration;
    }

    /** What of the state is beside the database, below the home. */
    List<String> beside() {
        return this == WHOLE ? List.of(FILE, ARCHIVE) : List.of();
    }

    Path release(Bench bench, String name) {
        return switch (this) {
            case JAR -> SampleJars.jar("jobs-" + name);
            case PROGRAM -> bench.root.resolve("releases/jobs-" + name);
            case WHOLE -> bench.root.resolve("releases/jobs-" + name + ".tar");
        };
    }

    /** What is there before the first install. */
    void prepare(Path home) throws IOException {
        if (this == WHOLE) {
            Files.writeString(home.resolve(FILE), "old\n");
            Path archive = Files.createDirectories(home.resolve(ARCHIVE));
            for (String name : List.of("a.json", "b.json", "c.json")) {
                Files.writeString(archive.resolve(name), "written by archive 2\n");
            }
            Files.writeString(archive.resolve("version.txt"), "2\n");
        }
    }

    /** All of {@code ccupgrade.toml}. */
    String configuration(Bench bench, int port, String healthTimeout) {
        return """
                name = "jobs"
                [service]
                args = ["-server"]
                environment = { JOBS_PORT = "%d", JOBS_WRITE_EVERY = "5"%s }
                stop-timeout = "10s"
                [health]
                http = "http://127.0.0.1:%d/health"
                timeout = "%s"
                stable = "1ms"
                [state]
                databases = ["var/jobs.db"]
                %s
                """.formatted(
                        port,
                        this == JAR ? ", JAVA_TOOL_OPTIONS = \"" + String.join(" ", bench.quickJava()) + "\"" : "",
                        port,
                        healthTimeout,
                        migrations())
                + configuration;
    }

    private String migrations() {
        if (this != WHOLE) {
            return "[migration]\nargs = [\"-migrate-db\"]";
        }
        return """
                files = ["%s"]
                archive = "%s"
                archive-migration-writes-new-files = true
                [[migration]]
                name = "database"
                args = ["-migrate-db"]
                [[migration]]
                name = "archive"
                of = "archive"
                command = ["{release}", "-migrate-archive", "{archive}"]""".formatted(FILE, ARCHIVE);
    }

    /** What starts the service. */
    List<String> start(Bench bench, Path release) {
        return this == JAR ? bench.java("-jar", release.toString(), "-server") : List.of(release.toString(), "-server");
    }
}
