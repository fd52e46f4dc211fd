/**
 * The stored releases of a deployment, the link that names the active one, and what can be learnt from a release without running it.
 *
 * <p>A release is {@code <epoch>.jar}, an executable or a script {@code <epoch>}, or a directory {@code <epoch>}, in the releases'
 * directory, read-only from the moment it has that name, with its record {@code <epoch>.json} beside it.
 * {@link ccupgrade.release.ReleaseStore} is the only one that knows these names. It keeps two promises: what has a release's name is
 * complete and has its record, because the record is written first and the release gets its name by one atomic step after it was
 * inspected under a temporary one; and the link always names a complete release, because it is replaced by one rename and never removed
 * on the way.
 *
 * <p>{@link ccupgrade.release.Opening} finds out what a file is that somebody gave, and unpacks it;
 * {@link ccupgrade.release.ReleaseInspector} whether it can be run here; {@link ccupgrade.release.Authenticity} whether it is from whom it
 * should be.
 *
 * <p>{@link ccupgrade.release.JarInspector} and {@link ccupgrade.release.EmbeddedMigrations} read a jar's bytes and nothing else. No
 * class of a release is ever loaded: it may need a newer Java, and it may bring a second SQLite library, and two of those in one
 * process drop each other's locks. For the same reason the comparison with a database's history is made from rows that were handed
 * over, in a database in memory: the live one is never opened here.
 *
 * <p>This package knows {@link ccupgrade.disk} and {@link ccupgrade.fault}, and none of its siblings.
 */
@NullMarked
package ccupgrade.release;

import org.jspecify.annotations.NullMarked;
