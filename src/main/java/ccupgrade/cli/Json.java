package ccupgrade.cli;

import com.google.gson.FormattingStyle;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Values as JSON for programs: an envelope {@code {"format": 1, "kind": …}} with the fields of the body in it.
 *
 * <p>A record becomes an object with its components' names; a map one with its keys. An instant is ISO 8601 in UTC; a duration is a whole
 * number of milliseconds under its name with {@code Ms} added; a constant of an enum is lower case with dashes; what is absent is an explicit null.
 * The format's number rises when a field changes its meaning or goes away; fields may be added at any time.
 */
final class Json {

    static final int FORMAT = 1;

    private final JsonWriter writer;

    private Json(JsonWriter writer) {
        this.writer = writer;
    }

    /** @param body a record or a map, without a field named {@code format} or {@code kind} */
    static String document(String kind, Object body) {
        return text(kind, body, FormattingStyle.PRETTY);
    }

    /** The same in one line, for a stream of them. */
    static String line(String kind, Object body) {
        return text(kind, body, FormattingStyle.COMPACT);
    }

    private static String text(String kind, Object body, FormattingStyle style) {
        StringWriter text = new StringWriter();
        try (JsonWriter writer = new JsonWriter(text)) {
            writer.setFormattingStyle(style);
            writer.setStrictness(Strictness.STRICT);
            writer.setSerializeNulls(true);
            writer.beginObject();
            writer.name("format").value(FORMAT);
            writer.name("kind").value(kind);
            new Json(writer).fields(body, true);
            writer.endObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void fields(Object value, boolean inEnvelope) throws IOException {
        if (value instanceof Record body) {
            for (RecordComponent component : body.getClass().getRecordComponents()) {
                // By type, not by value: an absent duration keeps its name.
                boolean isDuration = component.getType() == Duration.class;
                field(name(component.getName(), isDuration, inEnvelope), component(body, component));
            }
        } else if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                String key = String.valueOf(entry.getKey());
                field(name(key, entry.getValue() instanceof Duration, inEnvelope), entry.getValue());
            }
        } else {
            throw new IllegalArgumentException("no object in JSON: " + value.getClass());
        }
    }

    private static String name(String name, boolean isDuration, boolean inEnvelope) {
        if (inEnvelope && (name.equals("format") || name.equals("kind"))) {
            throw new IllegalArgumentException("the envelope has a field of this name: " + name);
        }
        return isDuration ? name + "Ms" : name;
    }

    private void field(String name, @Nullable Object value) throws IOException {
        writer.name(name);
        write(value);
    }

    private void write(@Nullable Object value) throws IOException {
        if (value == null) {
            writer.nullValue();
        } else if (value instanceof String text) {
            writer.value(text);
        } else if (value instanceof Number number) {
            writer.value(number);
        } else if (value instanceof Boolean truth) {
            writer.value(truth);
        } else if (value instanceof Enum<?> constant) {
            writer.value(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        } else if (value instanceof Duration duration) {
            writer.value(duration.toMillis());
        } else if (value instanceof Instant || value instanceof Path || value instanceof URI) {
            writer.value(value.toString());
        } else if (value instanceof Optional<?> optional) {
            write(optional.orElse(null));
        } else if (value instanceof OptionalLong optional) {
            write(optional.isPresent() ? optional.getAsLong() : null);
        } else if (value instanceof OptionalInt optional) {
            write(optional.isPresent() ? optional.getAsInt() : null);
        } else if (value instanceof Iterable<?> values) {
            writer.beginArray();
            for (Object each : values) {
                write(each);
            }
            writer.endArray();
        } else {
            writer.beginObject();
            fields(value, false);
            writer.endObject();
        }
    }

    private static @Nullable Object component(Record value, RecordComponent component) {
        try {
            // A record may be hidden in its package.
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
