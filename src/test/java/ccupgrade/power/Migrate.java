package ccupgrade.power;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.flywaydb.core.Flyway;

/** A release's migration, as a program of its own. */
final class Migrate {

    private Migrate() {}

    /**
     * @param arguments the release; the database; {@code careless}: not to close it, and so leave all in a log that nobody has synced;
     *     a directory for the scripts
     */
    public static void main(String[] arguments) throws Exception {
        Path scripts = Files.createTempDirectory(Path.of(arguments[3]), "scripts");
        try (ZipFile release = new ZipFile(arguments[0])) {
            for (Enumeration<? extends ZipEntry> all = release.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                if (entry.getName().endsWith(".sql")) {
                    Files.copy(
                            release.getInputStream(entry),
                            scripts.resolve(Path.of(entry.getName()).getFileName()));
                }
            }
        }
        boolean careless = arguments[2].equals("careless");
        String url = "jdbc:sqlite:" + arguments[1] + (careless ? "?journal_mode=WAL&synchronous=NORMAL" : "");
        try (Connection open = DriverManager.getConnection(url)) {
            open.createStatement()
                    .executeQuery("SELECT count(*) FROM sqlite_master")
                    .close();
            if (!careless) {
                open.close();
            }
            Flyway.configure()
                    .loggers("ccupgrade.ledger.SilentLog")
                    .dataSource(url, null, null)
                    .locations("filesystem:" + scripts)
                    .load()
                    .migrate();
            Runtime.getRuntime().halt(0);
        }
    }
}
