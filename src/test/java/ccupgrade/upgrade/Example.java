package ccupgrade.upgrade;

import ccupgrade.config.ConfigFile;
import ccupgrade.config.Deployment;
import ccupgrade.disk.Disk;
import ccupgrade.disk.DurableDisk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Misuse;
import ccupgrade.release.JarInspector;
import ccupgrade.release.Kind;
import ccupgrade.release.ReleaseRecord;
import ccupgrade.release.ReleaseStore;
import ccupgrade.release.Staged;
import ccupgrade.release.Verdict;
import ccupgrade.saga.Cancellation;
import ccupgrade.saga.Journal;
import ccupgrade.saga.Journals;
import ccupgrade.saga.Listener;
import ccupgrade.saga.Plan;
import ccupgrade.saga.Saga;
import ccupgrade.saga.Step;
import ccupgrade.service.NoProcesses;
import ccupgrade.state.Preparation;
import ccupgrade.state.Scope;
import ccupgrade.state.SnapshotStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.flywaydb.core.Flyway;

/**
 * A deployment called jobs with real jars, a real database and real journals, the same bytes at any time and place. Its service is one
 * that nobody started, unless a test says that there is a process.
 */
public final class Example {

    static final long FIRST = 1_763_800_000;
    static final long SECOND = 1_763_810_000;
    static final long BAD = 1_763_820_000;

    private static final List<String> MIGRATIONS = List.of(
            "V1__create_jobs.sql", "CREATE TABLE jobs(id INTEGER PRIMARY KEY, name TEXT);",
            "V2__add_users.sql", "CREATE TABLE users(id INTEGER PRIMARY KEY);",
            "V3__add_index.sql", "CREATE INDEX jobs_name ON jobs(name);");

    public final Path home;
    public final Disk disk;
    private final AtomicLong ticks = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong();
    private final Map<Long, List<Path>> running = new LinkedHashMap<>();

    public Example(Path home) {
        this(home, new DurableDisk(new Random(1)));
    }

    Example(Path home, Disk disk) {
        this.home = home;
        this.disk = disk;
    }

    /** 1.0 was left good, 1.1 is current and good, 2.0 failed; the database is at 1.1's version; two operations stand in the history. */
    public Example whole() throws Exception {
        migrateTo(1);
        install(FIRST, "1.0", 1);
        finished("install", Map.of(), "1.0", FIRST);
        migrateTo(2);
        install(SECOND, "1.1", 2);
        ReleaseRecord first = store().find(FIRST).orElseThrow().record();
        store().update(FIRST, first.withSchemaWhenLeft("var/jobs.db=flyway:1@1:" + "0".repeat(64)));
        List<Path> databases = List.of(home.resolve("var/jobs.db"));
        SnapshotStore snapshots = Site.of(deployment(), surroundings()).snapshots();
        try (Preparation preparation = snapshots.prepare(
                "2-before-" + SECOND, FIRST, 2, "before the install of 1.1", new Scope(databases), 0, Progress.NONE)) {
            snapshots.settle(preparation.finish(databases, Progress.NONE), false, Progress.NONE);
        }
        stored(BAD, "2.0", 3, Verdict.BAD, "cannot migrate: exit code 1\n  | disk I/O error");
        failed(BAD, "2.0");
        return this;
    }

    public Deployment deployment() throws Misuse {
        return ConfigFile.load(home);
    }

    public Surroundings surroundings() {
        return new Surroundings(
                disk,
                new Ticking(),
                () -> nanos.addAndGet(5_000_000),
                new FakeProcesses(),
                Map.of(),
                home.resolve("root"),
                List.of("ccupgrade"),
                "root",
                "ada");
    }

    Overview overview() throws Misuse {
        return new Overview(deployment(), surroundings());
    }

    ReleaseStore store() throws Misuse {
        return new ReleaseStore(
                new ReleaseStore.Layout(deployment().releases(), deployment().link(), false, null),
                disk,
                new Ticking());
    }

    Journals journals() throws Misuse {
        return new Journals(deployment().operations(), disk, new Ticking());
    }

    /** From now on this process is the service, started from this release. */
    public void runs(long pid, long release) throws Exception {
        Path file = store().path(release);
        running.put(pid, List.of(file));
        Files.createDirectories(deployment().dotDirectory());
        Files.writeString(
                deployment().supervisorRecord(),
                "{\"format\":1,\"pid\":" + pid + ",\"startTicks\":7,\"bootId\":\"boot\",\"release\":\"" + file
                        + "\",\"startedAt\":\"2026-11-22T18:00:00Z\",\"logBegin\":0}");
    }

    public void migrateTo(int version) throws IOException {
        Path scripts = home.resolve(".scripts");
        Files.createDirectories(home.resolve("var"));
        Files.createDirectories(scripts);
        for (int i = 0; i < 2 * version; i += 2) {
            Files.writeString(scripts.resolve(MIGRATIONS.get(i)), MIGRATIONS.get(i + 1));
        }
        Flyway.configure()
                .loggers("ccupgrade.ledger.SilentLog")
                .dataSource("jdbc:sqlite:" + home.resolve("var/jobs.db"), null, null)
                .locations("filesystem:" + scripts)
                .load()
                .migrate();
    }

    public void sql(String... statements) throws SQLException, IOException {
        Files.createDirectories(home.resolve("var"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("var/jobs.db"));
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    void install(long epoch, String version, int migrations) throws Exception {
        stored(epoch, version, migrations, Verdict.GOOD, null);
        store().activate(epoch);
    }

    void stored(long epoch, String version, int migrations, Verdict verdict, String reason) throws Exception {
        Path jar = jar(home.resolve(".incoming-" + version + ".jar"), version, migrations);
        store().stage(jar, epoch, Progress.NONE);
        ReleaseRecord record = ReleaseRecord.of(
                new JarInspector().inspect(jar, Progress.NONE),
                "%064x".formatted(epoch),
                "jobs-" + version + ".jar",
                Instant.ofEpochSecond(epoch));
        Staged staged = new Staged(Kind.JAR, store().stagingPath(epoch), null, false);
        store().publish(epoch, staged, record.withVerdict(verdict, reason), Progress.NONE);
        Files.delete(jar);
    }

    /** Nothing in it depends on the time, or on how well the platform compresses. */
    public static Path jar(Path file, String version, int migrations, String... attributes) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put(
                "META-INF/MANIFEST.MF",
                ("Manifest-Version: 1.0\r\nMain-Class: jobs.Main\r\nImplementation-Title: jobs\r\nImplementation-Version: "
                                + version + "\r\n"
                                + String.join(
                                        "",
                                        List.of(attributes).stream()
                                                .map(attribute -> attribute + "\r\n")
                                                .toList())
                                + "\r\n")
                        .getBytes(StandardCharsets.UTF_8));
        entries.put("jobs/Main.class", new byte[] {(byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0, 0, 0, 61});
        for (int i = 0; i < 2 * migrations; i += 2) {
            entries.put(
                    "db/migration/" + MIGRATIONS.get(i), MIGRATIONS.get(i + 1).getBytes(StandardCharsets.UTF_8));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                CRC32 crc = new CRC32();
                crc.update(each.getValue());
                ZipEntry entry = new ZipEntry(each.getKey());
                entry.setMethod(ZipEntry.STORED);
                entry.setCrc(crc.getValue());
                entry.setSize(each.getValue().length);
                entry.setTimeLocal(LocalDateTime.of(2000, 1, 1, 0, 0));
                out.putNextEntry(entry);
                out.write(each.getValue());
                out.closeEntry();
            }
        }
        return Files.write(file, bytes.toByteArray());
    }

    /** A journal of an operation that did nothing but end well. */
    Journal finished(String kind, Map<String, String> more, String version, long release) throws Exception {
        Map<String, String> given = given(version, release);
        given.putAll(more);
        Journal journal = journals().begin(kind, given);
        new Saga(() -> nanos.addAndGet(5_000_000), new Deaf(), new Cancellation())
                .run(
                        new Plan(
                                kind,
                                List.of(Step.looking("stage", facts -> "staged"), Step.looking("hold", facts -> {
                                    facts.put(Fact.DOWN_SINCE, Instant.parse("2026-11-22T18:00:01Z"));
                                    facts.put(Fact.UP_SINCE, Instant.parse("2026-11-22T18:00:03.400Z"));
                                    return "";
                                })),
                                List.of(Step.finishing("keep", facts -> ""))),
                        journal);
        return journal;
    }

    /** A journal of an install that failed in its migration, with all that such a one leaves. */
    void failed(long release, String version) throws Exception {
        Map<String, String> given = given(version, release);
        given.put(Fact.SOURCE, "/root/jobs-2.0.jar");
        given.put(Fact.PREVIOUS, Long.toString(SECOND));
        Journal journal = journals().begin("install", given);
        Path operation = deployment().operation(Journals.numberOf(journal));
        new Saga(() -> nanos.addAndGet(5_000_000), new Deaf(), new Cancellation())
                .run(
                        new Plan(
                                "install",
                                List.of(
                                        Step.looking("stage", facts -> ""),
                                        Step.looking("hold", facts -> ""),
                                        new Step(
                                                "migrate",
                                                facts -> {
                                                    facts.put(Fact.SCHEMA_BEFORE_TEXT, "2");
                                                    facts.put(
                                                            Fact.ROWS,
                                                            RowsText.write(
                                                                    Map.of("var/jobs.db", Map.of("jobs", 1204L)),
                                                                    Map.of(
                                                                            "var/jobs.db",
                                                                            Map.of("jobs", 1204L, "parts", 3L))));
                                                },
                                                facts -> {
                                                    Files.writeString(
                                                            operation.resolve("migration.log"),
                                                            "migrating\ndisk I/O error \u001b[2J\n");
                                                    throw new Failed(
                                                            "cannot migrate: the migration ended with exit code 1\n  | disk I/O error",
                                                            "look into migration.log");
                                                },
                                                facts -> {
                                                    Files.createDirectories(operation.resolve("evidence"));
                                                    facts.put(
                                                            Fact.EVIDENCE,
                                                            home.relativize(operation.resolve("evidence"))
                                                                    .toString());
                                                    return "";
                                                })),
                                List.of()),
                        journal);
    }

    private static Map<String, String> given(String version, long release) {
        Map<String, String> given = new LinkedHashMap<>();
        given.put(Fact.WHO, "ada");
        given.put(Fact.VERSION, version);
        given.put(Fact.RELEASE, Long.toString(release));
        return given;
    }

    /** As a crash leaves it: without the last lines of its journal. */
    void cut(Journal journal, int lines) throws IOException {
        List<String> all = Files.readAllLines(journal.file());
        Files.write(journal.file(), all.subList(0, all.size() - lines));
    }

    /** Ten milliseconds later each time. */
    private final class Ticking extends Clock {
        @Override
        public Instant instant() {
            return Instant.parse("2026-11-22T18:00:00Z").plus(Duration.ofMillis(10 * ticks.incrementAndGet()));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    static final class Deaf implements Listener {
        @Override
        public void began(Phase phase, String step) {}

        @Override
        public void ended(Phase phase, String step, Duration took, String note) {}

        @Override
        public void failed(Phase phase, String step, Duration took, Throwable cause) {}
    }

    private final class FakeProcesses extends NoProcesses {
        @Override
        public List<Seen> all() {
            return running.keySet().stream().map(FakeProcesses::seen).toList();
        }

        private static Seen seen(long pid) {
            return new Seen(pid, 7, 'S', pid, "java");
        }

        @Override
        public Optional<Instant> startedAt(long pid) {
            return Optional.of(Instant.parse("2026-11-22T16:00:00Z"));
        }

        @Override
        public List<Path> openFiles(long pid) {
            return new ArrayList<>(running.getOrDefault(pid, List.of()));
        }

        @Override
        public boolean signal(Seen process, boolean force) throws IOException {
            throw new IOException("nobody is to be signalled by a look");
        }
    }

    /** All files below the home with their content's size, except the ledger: what a look may not change. */
    List<String> listing() throws IOException {
        try (var files = Files.walk(home)) {
            return files.filter(file -> !file.toString().contains("ledger.db"))
                    .map(file -> file + " " + size(file))
                    .sorted()
                    .toList();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return -1;
        }
    }
}
