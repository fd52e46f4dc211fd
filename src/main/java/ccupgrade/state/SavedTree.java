package ccupgrade.state;

import org.jspecify.annotations.Nullable;

/**
 * The files of an archive. They lie in the snapshot's directory as {@code archive}; where that is on another file system than the
 * archive, {@code archive} is a link to where they lie, beside the live ones.
 *
 * @param files how many; null when nobody has counted them
 * @param bytes of these; null likewise
 */
public record SavedTree(
        Way way, @Nullable Long files, @Nullable Long bytes) {

    /** How it got there. */
    public enum Way {
        /** Each file shares its blocks with the live one until either is written to. */
        CLONE("clones, which share their blocks with the live files"),
        /** Each file is the live one by a second name. */
        LINK("hard links"),
        COPY("copies, made while the service works"),
        /** It is the tree that was live. It is there only when another one was put in its place. */
        MOVE("the live tree itself"),
        /** There was none. */
        ABSENT("nothing, because there is none");

        private final String text;

        Way(String text) {
            this.text = text;
        }

        /** For a reader, after "by" or "as". */
        public String text() {
            return text;
        }
    }

    /** Bytes that it takes besides those of the live tree. */
    long sizeOnDisk() {
        return way == Way.COPY && bytes != null ? bytes : 0;
    }
}
