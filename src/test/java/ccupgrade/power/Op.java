package ccupgrade.power;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** One thing that a system call asked of the file system. Files and directories go by number: their names are what changes. */
sealed interface Op {

    /** Changes that reach the disk together or not at all. */
    sealed interface Change extends Op {}

    /** A change of one file's content, size or mode: durable with an fsync of that file. */
    sealed interface FileChange extends Change {
        int file();
    }

    /** From now on the name in this directory is the file's; with no file (-1) it is nobody's. */
    record Entry(int directory, String name, int file) {
        static final int NOBODY = -1;
    }

    /**
     * Changes names, as a rule within one directory: durable with an fsync of it. A directory that is renamed into another one changes
     * both at once, because no file system can give a directory two names, and so an fsync of either makes it durable.
     *
     * @param needs the change without which this one cannot be on the disk, or null: a file that is renamed into another directory
     *     loses its old name only when it has the new one
     */
    record Names(List<Entry> entries, Names needs) implements Change {
        Set<Integer> directories() {
            return entries.stream().map(Entry::directory).collect(Collectors.toSet());
        }
    }

    record Write(int file, long offset, byte[] bytes) implements FileChange {}

    record Resize(int file, long size) implements FileChange {}

    record Mode(int file, int mode) implements FileChange {}

    /** All changes of this file, or of the names in this directory, are durable when it returns. */
    record Sync(int number) implements Op {}
}
