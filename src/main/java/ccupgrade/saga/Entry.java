package ccupgrade.saga;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * One line of a journal.
 *
 * @param step the step's name; for {@link Event#END} the outcome; empty where there is neither
 * @param millis how long it took; null where nothing was measured
 * @param facts what has been said since the entry before
 */
public record Entry(
        Instant at,
        Event event,
        String step,
        @Nullable Long millis,
        Map<String, String> facts,
        @Nullable Failure failure) {

    /** What a line of the journal records. */
    public enum Event {
        BEGIN,
        INTENT,
        DONE,
        FAILED,
        /** The point of no return. */
        COMMIT,
        /** Another process has taken the operation over. */
        RECOVER,
        UNDO,
        UNDONE,
        UNDO_FAILED,
        END
    }

    private static final String CRC = "\",\"crc\":\"";

    /**
     * The line, its end included. The checksum is over all that stands before its own key.
     *
     * @param number of the line, from 1: by it one that was removed, doubled or moved is noticed
     */
    byte[] toLine(int number) {
        JsonObject json = new JsonObject();
        json.addProperty("n", number);
        json.addProperty("at", at.toString());
        json.addProperty("event", event.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (millis != null) {
            json.addProperty("ms", millis);
        }
        if (failure != null) {
            json.add("failure", json(failure));
        }
        if (!facts.isEmpty()) {
            JsonObject said = new JsonObject();
            facts.forEach(said::addProperty);
            json.add("facts", said);
        }
        // Last, so that what the checksum covers always ends in a string.
        json.addProperty("step", step);
        String text = json.toString();
        String covered = text.substring(0, text.length() - 2);
        return (covered + CRC + crcOf(covered) + "\"}\n").getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException when the line is not one that {@link #toLine} wrote as this one of the file */
    static Entry ofLine(String line, int number) {
        int end = line.lastIndexOf(CRC);
        if (end < 0 || !line.equals(line.substring(0, end) + CRC + crcOf(line.substring(0, end)) + "\"}")) {
            throw new IllegalArgumentException("its checksum is wrong");
        }
        try {
            JsonObject json = JsonParser.parseString(line).getAsJsonObject();
            if (json.get("n").getAsInt() != number) {
                throw new IllegalArgumentException("it was written as line " + json.get("n"));
            }
            return new Entry(
                    Instant.parse(json.get("at").getAsString()),
                    Event.valueOf(json.get("event")
                            .getAsString()
                            .toUpperCase(Locale.ROOT)
                            .replace('-', '_')),
                    json.get("step").getAsString(),
                    json.has("ms") ? json.get("ms").getAsLong() : null,
                    json.has("facts") ? strings(json.getAsJsonObject("facts")) : Map.of(),
                    json.has("failure") ? failure(json.getAsJsonObject("failure")) : null);
        } catch (JsonParseException
                | IllegalStateException
                | ClassCastException
                | UnsupportedOperationException
                | NullPointerException
                | DateTimeException e) {
            throw new IllegalArgumentException("it is not an entry of a journal", e);
        }
    }

    private static JsonObject json(Failure failure) {
        JsonObject json = new JsonObject();
        json.addProperty("step", failure.step());
        json.addProperty("kind", failure.kind().name());
        json.addProperty("message", failure.message());
        if (failure.remedy() != null) {
            json.addProperty("remedy", failure.remedy());
        }
        return json;
    }

    private static Failure failure(JsonObject json) {
        return new Failure(
                json.get("step").getAsString(),
                Failure.Kind.valueOf(json.get("kind").getAsString()),
                json.get("message").getAsString(),
                json.has("remedy") ? json.get("remedy").getAsString() : null);
    }

    private static Map<String, String> strings(JsonObject json) {
        Map<String, String> strings = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> entry : json.entrySet()) {
            strings.put(entry.getKey(), entry.getValue().getAsString());
        }
        return strings;
    }

    private static String crcOf(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits(crc.getValue(), 8);
    }
}
