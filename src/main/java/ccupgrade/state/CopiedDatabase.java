package ccupgrade.state;

import ccupgrade.disk.Disk;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/** A copy in a directory of ours, which nobody else opens; what its database's writer left beside it may still be beside it. */
record CopiedDatabase(DatabaseFiles files, Disk disk, DatabaseReader reader) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    boolean hasLog() throws IOException {
        return DatabaseFiles.hasContent(files.wal());
    }

    /** Reads the log through, where there is one, and leaves a {@code -shm} then; the rest of the file is hardly touched. */
    SchemaVersion schema() throws Fault, IOException {
        try (Connection connection = Connections.open(files.main(), hasLog() ? "mode=ro" : "immutable=1", PATIENCE)) {
            connection.setAutoCommit(false);
            return new SchemaReading(connection).read();
        } catch (SQLException e) {
            throw reader.faults().of(files.main(), e);
        }
    }

    /**
     * As {@link #schema}, compared with the database's, which nobody has open.
     *
     * @throws Failed when they differ
     */
    SchemaVersion schemaOf(DatabaseFiles live) throws Fault, IOException {
        SchemaVersion schema = schema();
        // Where only a copy can be read, a second copy would prove no more than the first.
        if (!reader.isReadByCopyOnly(live.main())) {
            Optional<SchemaVersion> original = reader.schema(live.main());
            if (original.isEmpty() || !original.get().identity().equals(schema.identity())) {
                throw new Failed(
                        "cannot trust the copy of " + reader.faults().nameOf(live.main()) + ": its schema is "
                                + schema.text()
                                + ", the database's is "
                                + original.map(SchemaVersion::text).orElse("gone"),
                        "make sure that nobody uses the database, and try again");
            }
        }
        return schema;
    }

    /** Brings into the file what stands beside it: the log's commits, or the pages that a killed writer had changed. Repeatable. */
    void fold() throws Fault, IOException {
        try (Connection connection = Connections.open(files.main(), "mode=rw", PATIENCE);
                Statement statement = connection.createStatement()) {
            // The first read is what rolls a journal back.
            statement.execute("SELECT count(*) FROM sqlite_master");
            try (ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
                if (result.next() && result.getInt(1) != 0) {
                    throw new Failed("cannot fold the log into " + files.main() + ": somebody else has it open", null);
                }
            }
        } catch (SQLException e) {
            throw reader.faults().of(files.main(), e);
        }
        for (Path side : files.sides()) {
            disk.delete(side);
        }
        disk.sync(files.main());
    }

    void delete() throws IOException {
        disk.delete(files.main());
        for (Path side : files.sides()) {
            disk.delete(side);
        }
    }

    /** Bytes of the log, 0 where there is none. */
    long logSize() throws IOException {
        return hasLog() ? Files.size(files.wal()) : 0;
    }

    void requireOwnerOf(DatabaseFiles live) throws Failed, IOException {
        FileOwner owner = DatabaseFiles.ownerOf(live.main());
        FileOwner got = DatabaseFiles.ownerOf(files.main());
        if (!got.equals(owner)) {
            throw new Failed(
                    "cannot keep the owner of " + reader.faults().nameOf(live.main()) + ": the copy has " + got
                            + " instead of " + owner,
                    "run ccupgrade as root or as the user that owns the database");
        }
    }
}
