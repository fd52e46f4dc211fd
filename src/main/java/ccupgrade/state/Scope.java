package ccupgrade.state;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot is to hold.
 *
 * @param databases as {@link DatabaseFinder} told them
 * @param files configuration files; one that is not there is kept as not there
 * @param replacing those of them that whoever takes the snapshot is about to replace
 * @param archive null where there is none
 * @param filesOnly whether the rest of the state stays as it is: what holds only files never puts back databases
 */
public record Scope(
        List<Path> databases,
        List<Path> files,
        Set<Path> replacing,
        @Nullable Archive archive,
        boolean filesOnly) {

    public Scope {
        databases = List.copyOf(databases);
        files = List.copyOf(files);
        replacing = Set.copyOf(replacing);
    }

    /** Only databases are state. */
    public Scope(List<Path> databases) {
        this(databases, List.of(), Set.of(), null, false);
    }

    /** These files, which are about to be replaced, and nothing else. */
    public static Scope ofFiles(List<Path> files) {
        return new Scope(List.of(), files, Set.copyOf(files), null, true);
    }

    /**
     * A directory tree.
     *
     * @param versionFile at its root
     * @param rewritesFiles whether what changes it writes new files and never into old ones
     */
    public record Archive(Path path, String versionFile, Keeping keeping, boolean rewritesFiles) {}

    /** How much of an archive is kept. */
    public enum Keeping {
        /** Nothing will touch it: its version alone. */
        VERSION,
        /** All of it. */
        TREE,
        /** All of it, by being moved into the snapshot when something else is put in its place ({@link SnapshotStore#swapTree}). */
        BY_MOVING
    }
}
