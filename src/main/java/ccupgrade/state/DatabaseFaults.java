package ccupgrade.state;

import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite's errors mean for whoever has to put them right. */
final class DatabaseFaults {

    private final Path home;
    private final OpenFiles openFiles;

    /** @param home what messages name databases relative to */
    DatabaseFaults(Path home, OpenFiles openFiles) {
        this.home = home;
        this.openFiles = openFiles;
    }

    /** As a reader of a message knows it: relative to the deployment's home where it is below it. */
    String nameOf(Path database) {
        Path absolute = database.toAbsolutePath();
        return absolute.startsWith(home.toAbsolutePath())
                ? home.toAbsolutePath().relativize(absolute).toString()
                : absolute.toString();
    }

    /** What went wrong, said to somebody who knows the database by its name. */
    Fault of(Path database, SQLException e) throws IOException {
        String cannot = "cannot read " + nameOf(database) + ": ";
        if (!(e instanceof SQLiteException failure)) {
            return new Failed(cannot + e.getMessage(), null, e);
        }
        return switch (primary(failure)) {
            case SQLITE_BUSY, SQLITE_LOCKED ->
                new Refused(cannot + "locked by " + holders(database), "stop what holds it, or try again later", e);
            case SQLITE_NOTADB -> new Refused(cannot + "not an SQLite database, or an encrypted one", null, e);
            case SQLITE_CORRUPT ->
                new Refused(
                        cannot + "it is corrupt: " + said(failure),
                        "restore it from a snapshot or a backup, or rescue what is left with: sqlite3 "
                                + nameOf(database) + " .recover",
                        e);
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH ->
                new Refused(cannot + said(failure), "run ccupgrade as the user that owns it or as root", e);
            default -> new Failed(cannot + said(failure), null, e);
        };
    }

    private String holders(Path database) throws IOException {
        try {
            List<OpenFile> holders = openFiles.of(List.of(database));
            if (!holders.isEmpty()) {
                return holders.stream()
                        .map(holder -> "process " + holder.pid() + " (" + holder.command() + ")")
                        .distinct()
                        .collect(Collectors.joining(", "));
            }
        } catch (Failed e) {
            return "another process";
        }
        return "another process";
    }

    /** SQLite's words, once. */
    static String said(SQLiteException e) {
        String message = String.valueOf(e.getMessage()).replaceFirst("^\\[SQLITE_\\w+\\]\\s*", "");
        // The code in words, and in brackets what SQLite says of it, which often is the same.
        int bracket = message.lastIndexOf(" (");
        if (bracket < 0 || !message.endsWith(")")) {
            return message;
        }
        String outside = message.substring(0, bracket);
        return outside.contains(message.substring(bracket + 2, message.length() - 1)) ? outside : message;
    }

    /** Extended result codes keep the primary one in their lowest byte. */
    static SQLiteErrorCode primary(SQLiteException e) {
        return SQLiteErrorCode.getErrorCode(e.getResultCode().code & 0xff);
    }
}
