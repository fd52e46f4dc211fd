/**
 * The state of a service: its SQLite databases. Finding them, reading and copying them while the service works, keeping a
 * snapshot, putting it back, and moving a failed state out of the way.
 *
 * <p>A database is more than its file. What was committed may stand in {@code -wal} alone; a {@code -journal} left by a killed writer
 * changes the file at its next opening; a leftover of either beside a restored file brings the failed migration back to life or
 * corrupts the database. So whatever this package copies, restores or moves is the file with all that belongs to it.
 *
 * <p>Looking must not change anything. Opening a database the usual way can leave {@code -wal} and {@code -shm} behind that lock the
 * service's user out; {@link ccupgrade.state.DatabaseReader} says how that is avoided. And closing <em>any</em> descriptor of a
 * database file drops this process's SQLite locks on it: nobody here hashes, copies or looks at the header of a database while a
 * connection of ours is open on it.
 *
 * <p>A snapshot lives through three forms. {@link ccupgrade.state.Preparation} begins it beside the working service and completes it at the
 * service's end, in as little time as possible: the file and its log. {@link ccupgrade.state.SnapshotStore#settle} makes one checked,
 * hashed, compressed file of that, when there is time. {@link ccupgrade.state.SnapshotStore#materialise} makes a spare of it that a restore
 * has only to rename. It can be restored in each of them, and at every moment between.
 *
 * <p>This package knows {@link ccupgrade.disk} and {@link ccupgrade.fault}. Where the files are it is told; why a snapshot is taken or
 * put back is the caller's business.
 */
@NullMarked
package ccupgrade.state;

import org.jspecify.annotations.NullMarked;
