package ccupgrade.release;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a file is, going by its first bytes. */
enum Looks {
    ZIP("it is a zip file", null),
    EMPTY("it is an empty file", "fetch it again"),
    ELF("it is a Linux executable", null),
    GZIP("it is compressed with gzip (a .tar.gz?)", null),
    XZ("it is compressed with xz", null),
    ZSTD("it is compressed with zstd", null),
    TAR("it is a tar archive", null),
    CLASS("it is a single class file", null),
    WEB_PAGE(
            "it is a web page",
            "the download answered with a page (an error, a login) instead of the file: look into it, fetch it again"),
    SCRIPT("it is a script", null),
    TEXT("it is a text file", "look into it: it may be an error message that was saved instead of the release"),
    UNKNOWN("and its first bytes are of no kind that is known here", "fetch it again");

    private static final int ENOUGH = 512;
    private static final int TAR_MAGIC = 257;

    private final String text;
    private final @Nullable String remedy;

    Looks(String text, @Nullable String remedy) {
        this.text = text;
        this.remedy = remedy;
    }

    static Looks of(Path file) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(ENOUGH);
        }
        return ofBytes(head);
    }

    /** @param head the first {@code 512} bytes, fewer of a shorter file */
    static Looks ofBytes(byte[] head) {
        if (head.length == 0) {
            return EMPTY;
        }
        // Read as Latin-1, each character is one byte.
        String bytes = new String(head, StandardCharsets.ISO_8859_1);
        if (bytes.startsWith("PK")) {
            return ZIP;
        }
        if (bytes.startsWith("\u007fELF")) {
            return ELF;
        }
        if (bytes.startsWith("\u001f\u008b")) {
            return GZIP;
        }
        if (bytes.startsWith("\u00fd7zXZ")) {
            return XZ;
        }
        if (bytes.startsWith("\u0028\u00b5\u002f\u00fd")) {
            return ZSTD;
        }
        if (bytes.startsWith("\u00ca\u00fe\u00ba\u00be")) {
            return CLASS;
        }
        if (bytes.startsWith("ustar", TAR_MAGIC)) {
            return TAR;
        }
        if (bytes.startsWith("#!")) {
            return SCRIPT;
        }
        String lower = bytes.toLowerCase(Locale.ROOT);
        if (lower.contains("<!doctype html") || lower.contains("<html")) {
            return WEB_PAGE;
        }
        return bytes.chars().allMatch(Looks::isText) ? TEXT : UNKNOWN;
    }

    private static boolean isText(int c) {
        return c >= ' ' && c != 0x7f || c == '\n' || c == '\r' || c == '\t';
    }

    /** Whether the kernel is to run it. */
    boolean isProgram() {
        return this == ELF || this == SCRIPT;
    }

    /** Continues "it is not a jar, ". */
    String text() {
        return text;
    }

    @Nullable
    String remedy() {
        return remedy;
    }
}
