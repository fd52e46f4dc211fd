package ccupgrade.upgrade;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the databases are kept, and whether their rows refer to rows that are there. */
final class DatabaseSubject implements Subject {

    private static final String ABOUT = "database";

    private final Site site;
    private final long most;
    private final Progress progress;

    /** @param most bytes of a database whose references are looked at */
    DatabaseSubject(Site site, long most, Progress progress) {
        this.site = site;
        this.most = most;
        this.progress = progress;
    }

    @Override
    public List<Finding> findings() throws Fault, IOException {
        List<Finding> findings = new ArrayList<>();
        for (Path database : site.databases()) {
            if (Files.exists(database) && site.reader().isSqlite(database)) {
                look(database, findings);
            }
        }
        return findings;
    }

    private void look(Path database, List<Finding> findings) throws Fault, IOException {
        String name = site.nameOf(database);
        if (!site.reader().isReadBesideWriters(database)) {
            findings.add(Finding.note(
                    ABOUT,
                    name
                            + " has a rollback journal and no write-ahead log: the more is written while it is copied, the longer"
                            + " the downtime",
                    "PRAGMA journal_mode = WAL, where the program allows it"));
        }
        if (Files.size(database) > most) {
            // That the file was not looked through is said already, with the option that does both.
            return;
        }
        List<String> broken = site.reader().foreignKeyCheck(database, progress);
        if (!broken.isEmpty()) {
            findings.add(Finding.note(
                    ABOUT,
                    Words.format("in %s %s: a migration may fail at that", name, String.join("; ", broken)),
                    "sqlite3 " + database
                            + " 'PRAGMA foreign_key_check'; ccupgrade rehearse FILE tells whether it matters"));
        }
    }
}
