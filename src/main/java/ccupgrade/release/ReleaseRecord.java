package ccupgrade.release;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What ccupgrade knows of one stored release.
 *
 * @param version as the release states it; null when it states none
 * @param sha256 of the file that was given, which may be an archive: 64 lower-case hexadecimal digits; null for a release that was put
 *     into the directory by hand
 * @param size in bytes; of a directory, of all its files
 * @param origin the name of the file it was installed from
 * @param reason why the verdict is what it is; null when there is nothing to say
 * @param pinned never to be pruned
 * @param withdrawn left by going back from it, and not current again since: somebody did not want it, good or not
 * @param schemaWhenLeft the schema of the state at the moment another release took over, as text that only the writer understands;
 *     null for a release that was never left
 * @param executable what is run of a directory, relative to it; null for a release that is one file
 * @param supports the versions of the state that it says it works on
 * @param note why it is pinned, in the words of whoever did it; null when there are none
 */
public record ReleaseRecord(
        String title,
        @Nullable String version,
        @Nullable String sha256,
        long size,
        String origin,
        Instant installed,
        Verdict verdict,
        @Nullable String reason,
        boolean pinned,
        boolean withdrawn,
        @Nullable String schemaWhenLeft,
        Kind kind,
        @Nullable String executable,
        Supported supports,
        @Nullable String note) {

    /** The record of a release that was just inspected: untried, not pinned, never left. */
    public static ReleaseRecord of(Inspection inspection, String sha256, String origin, Instant installed) {
        return new ReleaseRecord(
                inspection.title(),
                inspection.version(),
                sha256,
                inspection.size(),
                origin,
                installed,
                Verdict.UNTRIED,
                null,
                false,
                false,
                null,
                inspection.kind(),
                inspection.executable(),
                Supported.UNKNOWN,
                null);
    }

    /** @param newVersion what the release says of itself; null when it says nothing: then the version stays */
    public ReleaseRecord withSupports(@Nullable String newVersion, Supported newSupports) {
        Change change = new Change();
        change.version = version == null ? newVersion : version;
        change.supports = newSupports;
        return change.made();
    }

    public ReleaseRecord withTitle(String newTitle) {
        Change change = new Change();
        change.title = newTitle;
        return change.made();
    }

    public ReleaseRecord withVerdict(Verdict newVerdict, @Nullable String newReason) {
        Change change = new Change();
        change.verdict = newVerdict;
        change.reason = newReason;
        return change.made();
    }

    /** @param newNote why, in the words of whoever pins it; null for none */
    public ReleaseRecord withPinned(boolean newPinned, @Nullable String newNote) {
        Change change = new Change();
        change.pinned = newPinned;
        change.note = newNote;
        return change.made();
    }

    public ReleaseRecord withSchemaWhenLeft(@Nullable String newSchema) {
        Change change = new Change();
        change.schemaWhenLeft = newSchema;
        return change.made();
    }

    public ReleaseRecord withWithdrawn(boolean newWithdrawn) {
        Change change = new Change();
        change.withdrawn = newWithdrawn;
        return change.made();
    }

    /** This record but for what is set. The rest of it never changes. */
    private final class Change {

        private String title = ReleaseRecord.this.title;
        private @Nullable String version = ReleaseRecord.this.version;
        private Verdict verdict = ReleaseRecord.this.verdict;
        private @Nullable String reason = ReleaseRecord.this.reason;
        private boolean pinned = ReleaseRecord.this.pinned;
        private boolean withdrawn = ReleaseRecord.this.withdrawn;
        private @Nullable String schemaWhenLeft = ReleaseRecord.this.schemaWhenLeft;
        private Supported supports = ReleaseRecord.this.supports;
        private @Nullable String note = ReleaseRecord.this.note;

        ReleaseRecord made() {
            return new ReleaseRecord(
                    title,
                    version,
                    sha256,
                    size,
                    origin,
                    installed,
                    verdict,
                    reason,
                    pinned,
                    withdrawn,
                    schemaWhenLeft,
                    kind,
                    executable,
                    supports,
                    note);
        }
    }
}
