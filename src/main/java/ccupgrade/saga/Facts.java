package ccupgrade.saga;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the steps of one operation know, kept in the journal. What a step puts in while it intends is durable before it acts; what it puts
 * in while it acts is durable only together with its result, so no undo may rely on it.
 */
public final class Facts {

    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, String> unsaved = new LinkedHashMap<>();

    public void put(String key, String value) {
        values.put(key, value);
        unsaved.put(key, value);
    }

    public void put(String key, long value) {
        put(key, Long.toString(value));
    }

    public void put(String key, boolean value) {
        put(key, Boolean.toString(value));
    }

    public void put(String key, Instant value) {
        put(key, value.toString());
    }

    public @Nullable String get(String key) {
        return values.get(key);
    }

    /** @throws IllegalStateException when no step put it in: a mistake in the order of the steps */
    public String require(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalStateException("no step has said what '" + key + "' is");
        }
        return value;
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** False also when nobody said so. */
    public boolean isTrue(String key) {
        return Boolean.parseBoolean(values.get(key));
    }

    public Optional<Long> number(String key) {
        return Optional.ofNullable(values.get(key)).map(Long::valueOf);
    }

    public Optional<Instant> instant(String key) {
        return Optional.ofNullable(values.get(key)).map(Instant::parse);
    }

    /** All of them, in the order in which they were first said. */
    public Map<String, String> all() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** What was put in since the last call. Called by the journal alone. */
    Map<String, String> takeUnsaved() {
        Map<String, String> taken = new LinkedHashMap<>(unsaved);
        unsaved.clear();
        return taken;
    }

    /** Takes in what a journal says. */
    void load(Map<String, String> saved) {
        values.putAll(saved);
    }
}
