package ccupgrade.state;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.sqlite.SQLiteConfig;

/** How SQLite's connections are opened here: by URI, so that no name is misread and every opening says what it may do. */
final class Connections {

    private Connections() {}

    /** An empty database that nobody else sees, without a file. */
    static Connection inMemory() throws SQLException {
        return new SQLiteConfig().createConnection("jdbc:sqlite::memory:");
    }

    /** @param options of SQLite's URI file names; without {@code mode=rw} or {@code ro} an absent file would be made */
    static Connection open(Path main, String options, Duration patience) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(Math.toIntExact(patience.toMillis()));
        return config.createConnection(
                "jdbc:sqlite:file:" + main.toAbsolutePath().toUri().getRawPath() + "?" + options);
    }
}
