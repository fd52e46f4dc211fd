package ccupgrade.power;

import ccupgrade.config.ConfigFile;
import ccupgrade.config.Deployment;
import ccupgrade.disk.Disk;
import ccupgrade.disk.DurableDisk;
import ccupgrade.disk.Progress;
import ccupgrade.saga.Cancellation;
import ccupgrade.saga.Journals;
import ccupgrade.saga.Listener;
import ccupgrade.service.NoProcesses;
import ccupgrade.state.DatabaseReader;
import ccupgrade.state.OpenFiles;
import ccupgrade.state.Snapshot;
import ccupgrade.state.SnapshotStore;
import ccupgrade.upgrade.Outcome;
import ccupgrade.upgrade.Surroundings;
import ccupgrade.upgrade.Upgrades;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/** Makes a disk real, lets ccupgrade recover on it, and looks where that ended. */
final class Judge {

    /** A release together with its state. */
    record Place(String release, String rows, String beside) {

        static Place of(Path home) throws Exception {
            Path link = home.resolve("releases/current");
            return new Place(
                    Files.readSymbolicLink(link).toString(), dump(home.resolve("var/jobs.db")), filesBeside(home));
        }
    }

    /** Where a recovery ended. */
    enum Verdict {
        OLD,
        NEW
    }

    private final Path directory;
    private final Setup setup;
    private final Place old;
    private final Place anew;
    private final List<byte[]> releases;

    /** @param releases what stored files may hold */
    Judge(Path directory, Setup setup, Place old, Place anew, List<byte[]> releases) {
        this.directory = directory;
        this.setup = setup;
        this.old = old;
        this.anew = anew;
        this.releases = releases;
    }

    /** @throws AssertionError when it is neither of the two places, or something is not whole */
    Verdict judge(Image image) throws Exception {
        Path home = materialise(image);
        requireWholeReleases(home, "before the recovery");
        recover(home);
        requireWholeReleases(home, "after the recovery");
        Place found = Place.of(home);
        if (!found.equals(old) && !found.equals(anew)) {
            String rows = found.rows.equals(old.rows) ? "old" : found.rows.equals(anew.rows) ? "new" : "lost";
            String beside =
                    found.beside.equals(old.beside) ? "old" : found.beside.equals(anew.beside) ? "new" : found.beside;
            throw new AssertionError("neither old nor new: " + found.release + " with the " + rows
                    + " database, configuration and archive " + beside);
        }
        return found.equals(old) ? Verdict.OLD : Verdict.NEW;
    }

    private Path materialise(Image image) throws IOException {
        FileUtils.deleteDirectory(directory.toFile());
        return new Deployed(directory, setup, image).home;
    }

    private void recover(Path home) throws Exception {
        Disk disk = new DurableDisk(new Random(1));
        Deployment deployment = ConfigFile.load(home);
        Surroundings surroundings = new Surroundings(
                disk,
                Clock.systemUTC(),
                System::nanoTime,
                new NoProcesses(),
                Map.of(),
                home.resolve("root"),
                List.of("ccupgrade"),
                "root",
                "ada");
        Outcome outcome = new Upgrades(
                        deployment, surroundings, new Deaf(), Progress.NONE, new Cancellation(), Duration.ofSeconds(5))
                .recover();
        if (outcome.result() != Outcome.Result.DONE && outcome.result() != Outcome.Result.NOTHING_TO_DO) {
            throw new AssertionError("the recovery ended with " + outcome);
        }
        if (new Journals(deployment.operations(), disk, Clock.systemUTC())
                .open()
                .isPresent()) {
            throw new AssertionError("the operation is open after the recovery: " + outcome);
        }
        DatabaseReader reader = new DatabaseReader(home, deployment.scratch(), disk, new OpenFiles());
        SnapshotStore snapshots = new SnapshotStore(deployment.snapshots(), home, disk, reader, Clock.systemUTC());
        for (Snapshot snapshot : snapshots.list()) {
            snapshots.verify(snapshot, Progress.NONE);
        }
    }

    private void requireWholeReleases(Path home, String when) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("releases"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".jar")).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                if (releases.stream().noneMatch(whole -> Arrays.equals(whole, bytes))) {
                    throw new AssertionError(when + " " + file.getFileName() + " is not whole");
                }
            }
        }
        Path link = home.resolve("releases/current");
        if (!Files.isSymbolicLink(link) || !Files.isRegularFile(link)) {
            throw new AssertionError(when + " the link is missing or names nothing");
        }
    }

    /** Configuration file and archive; nothing where there are none. */
    private static String filesBeside(Path home) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path each : List.of(home.resolve("config.json"), home.resolve("var/archive"))) {
            if (Files.exists(each)) {
                try (Stream<Path> files = Files.walk(each)) {
                    for (Path file : files.sorted().toList()) {
                        text.append(home.relativize(file))
                                .append(
                                        Files.isDirectory(file)
                                                ? ""
                                                : " " + Files.readString(file).strip())
                                .append(';');
                    }
                }
            }
        }
        return text.toString();
    }

    /** All that can be asked of a database. */
    static String dump(Path database) throws SQLException {
        if (!Files.exists(database)) {
            return "no database";
        }
        StringBuilder text = new StringBuilder();
        try (Connection open = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = open.createStatement()) {
            append(text, statement, "PRAGMA integrity_check");
            append(text, statement, "SELECT type, name, sql FROM sqlite_master ORDER BY name");
            List<String> tables = new ArrayList<>();
            try (ResultSet rows =
                    statement.executeQuery("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
            for (String table : tables) {
                append(text, statement, "SELECT * FROM \"" + table + "\" ORDER BY 1");
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int i = 1; i <= columns; i++) {
                    text.append(rows.getString(i)).append('|');
                }
                text.append('\n');
            }
        }
    }

    private static final class Deaf implements Listener {
        @Override
        public void began(Phase phase, String step) {}

        @Override
        public void ended(Phase phase, String step, Duration took, String note) {}

        @Override
        public void failed(Phase phase, String step, Duration took, Throwable cause) {}
    }
}
