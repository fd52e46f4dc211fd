package ccupgrade.release;

import ccupgrade.fault.Failed;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A release's record as JSON. Written field by field rather than by reflection, so that renaming something in the program cannot
 * change what is on disk.
 */
final class RecordFile {

    static final int FORMAT = 1;

    /** What was read of each file the last time: a command asks for a release's record again and again. */
    private final Map<Path, Parsed> parsed = new ConcurrentHashMap<>();

    private record Parsed(byte[] bytes, ReleaseRecord record) {}

    byte[] bytes(ReleaseRecord record) {
        JsonObject object = new JsonObject();
        object.addProperty("format", FORMAT);
        object.addProperty("title", record.title());
        object.addProperty("version", record.version());
        object.addProperty("sha256", record.sha256());
        object.addProperty("size", record.size());
        object.addProperty("origin", record.origin());
        object.addProperty("installed", record.installed().toString());
        object.addProperty("verdict", record.verdict().word());
        object.addProperty("reason", record.reason());
        object.addProperty("pinned", record.pinned());
        object.addProperty("withdrawn", record.withdrawn());
        object.addProperty("schemaWhenLeft", record.schemaWhenLeft());
        object.addProperty("kind", record.kind().word());
        object.addProperty("executable", record.executable());
        object.addProperty("supportsDatabase", record.supports().database());
        object.addProperty("supportsArchive", record.supports().archive());
        object.addProperty("note", record.note());
        // Made only here: it takes a while, and most commands write no record.
        Gson gson = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
        return (gson.toJson(object) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * @throws Damaged when these bytes are no record
     * @throws Failed when they are one of a later format: to overwrite it would lose what it says
     */
    ReleaseRecord read(Path file, byte[] bytes) throws Damaged, Failed {
        Parsed before = parsed.get(file);
        if (before != null && Arrays.equals(before.bytes, bytes)) {
            return before.record;
        }
        ReleaseRecord record = parsed(file, bytes);
        parsed.put(file, new Parsed(bytes, record));
        return record;
    }

    private static ReleaseRecord parsed(Path file, byte[] bytes) throws Damaged, Failed {
        JsonObject object = parse(bytes);
        long format = number(object, "format");
        if (format > FORMAT) {
            throw new Failed(
                    "cannot read " + file + ": it has format " + format + ", and this ccupgrade knows formats up to "
                            + FORMAT,
                    "use the newer ccupgrade that wrote it");
        }
        return new ReleaseRecord(
                text(object, "title"),
                optionalText(object, "version"),
                optionalText(object, "sha256"),
                number(object, "size"),
                text(object, "origin"),
                instant(text(object, "installed")),
                verdict(text(object, "verdict")),
                optionalText(object, "reason"),
                flag(object, "pinned"),
                flag(object, "withdrawn"),
                optionalText(object, "schemaWhenLeft"),
                kind(optionalText(object, "kind")),
                executable(optionalText(object, "executable")),
                new Supported(optionalText(object, "supportsDatabase"), optionalText(object, "supportsArchive")),
                optionalText(object, "note"));
    }

    private static JsonObject parse(byte[] bytes) throws Damaged {
        try {
            JsonElement element = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8));
            if (element.isJsonObject()) {
                return element.getAsJsonObject();
            }
        } catch (JsonParseException e) {
            throw new Damaged("it is not JSON");
        }
        throw new Damaged("it is not a JSON object");
    }

    private static @Nullable JsonPrimitive primitive(JsonObject object, String key) throws Damaged {
        JsonElement element = object.get(key);
        if (element == null || element.isJsonNull()) {
            return null;
        }
        if (!element.isJsonPrimitive()) {
            throw new Damaged("its \"" + key + "\" is not a plain value");
        }
        return element.getAsJsonPrimitive();
    }

    private static JsonPrimitive required(JsonObject object, String key) throws Damaged {
        JsonPrimitive value = primitive(object, key);
        if (value == null) {
            throw new Damaged("it has no \"" + key + "\"");
        }
        return value;
    }

    private static String text(JsonObject object, String key) throws Damaged {
        return required(object, key).getAsString();
    }

    private static @Nullable String optionalText(JsonObject object, String key) throws Damaged {
        JsonPrimitive value = primitive(object, key);
        return value == null ? null : value.getAsString();
    }

    private static long number(JsonObject object, String key) throws Damaged {
        try {
            return required(object, key).getAsLong();
        } catch (NumberFormatException e) {
            throw new Damaged("its \"" + key + "\" is not a number");
        }
    }

    private static boolean flag(JsonObject object, String key) throws Damaged {
        JsonPrimitive value = required(object, key);
        if (!value.isBoolean()) {
            throw new Damaged("its \"" + key + "\" is neither true nor false");
        }
        return value.getAsBoolean();
    }

    private static Instant instant(String text) throws Damaged {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new Damaged("its \"installed\" is not a time");
        }
    }

    /** @param word null in records from before there was more than one */
    private static Kind kind(@Nullable String word) throws Damaged {
        for (Kind kind : Kind.values()) {
            if (kind.word().equals(word == null ? Kind.JAR.word() : word)) {
                return kind;
            }
        }
        throw new Damaged("its \"kind\" is " + word);
    }

    /** Nothing outside of the release is ever run in its name. */
    private static @Nullable String executable(@Nullable String path) throws Damaged {
        if (path != null
                && (path.isEmpty()
                        || path.startsWith("/")
                        || path.indexOf('\0') >= 0
                        || List.of(path.split("/")).contains(".."))) {
            throw new Damaged("its \"executable\" lies outside");
        }
        return path;
    }

    private static Verdict verdict(String word) throws Damaged {
        for (Verdict verdict : Verdict.values()) {
            if (verdict.word().equals(word)) {
                return verdict;
            }
        }
        throw new Damaged("its \"verdict\" is " + word);
    }

    /** These bytes are no record; the message says why, beginning with "it". */
    static final class Damaged extends Exception {
        private static final long serialVersionUID = 1L;

        private final String why;

        Damaged(String why) {
            super(why);
            this.why = why;
        }

        String why() {
            return why;
        }
    }
}
