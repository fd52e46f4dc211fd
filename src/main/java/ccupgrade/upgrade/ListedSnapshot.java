package ccupgrade.upgrade;

import ccupgrade.state.KeptFile;
import ccupgrade.state.SavedTree;
import ccupgrade.state.Snapshot;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot, for a reader.
 *
 * @param operation that took it
 * @param reason why: {@code before the install of 2.0 (1790000000)}
 * @param release the epoch of the release whose state it is; null when there was none
 * @param version of that release; null where it is not known
 * @param schema null for one of configuration files only
 * @param size bytes that it takes, besides those that an archive shares with the live one
 * @param originalSize bytes of what it holds: of databases and configuration files, and of an archive where they were counted
 * @param settled whether all databases are checked and hashed
 * @param compressed whether all databases are
 * @param files configuration files in it
 * @param archive how it holds the archive; null where it does not
 * @param wayBack whether a rollback to its release would put it back, where the schema has changed
 * @param pinned whether its release is pinned, and it stays with that
 * @param needed whether {@code prune} leaves it, whatever it is told
 */
public record ListedSnapshot(
        String id,
        Instant taken,
        long operation,
        String reason,
        @Nullable Long release,
        @Nullable String version,
        @Nullable String schema,
        long size,
        long originalSize,
        boolean settled,
        boolean compressed,
        List<String> databases,
        List<String> files,
        SavedTree.@Nullable Way archive,
        boolean wayBack,
        boolean pinned,
        boolean needed) {

    /** What the stock says of it. */
    record Marks(@Nullable String version, boolean wayBack, boolean pinned, boolean needed) {}

    static ListedSnapshot of(Snapshot snapshot, Marks marks) {
        return new ListedSnapshot(
                snapshot.id(),
                snapshot.taken(),
                snapshot.operation(),
                snapshot.reason(),
                snapshot.release(),
                marks.version(),
                snapshot.filesOnly() ? null : Schemas.of(snapshot).text(),
                snapshot.size(),
                snapshot.originalSize(),
                snapshot.isSettled(),
                snapshot.isCompressed(),
                snapshot.databases().stream().map(database -> database.path()).toList(),
                snapshot.files().stream().map(KeptFile::path).toList(),
                snapshot.way(),
                marks.wayBack(),
                marks.pinned(),
                marks.needed());
    }
}
