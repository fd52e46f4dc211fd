package ccupgrade.config;

import ccupgrade.config.TomlNode.Items;
import ccupgrade.config.TomlNode.Table;
import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One table of the file. It remembers which keys it was asked for: those are the known ones, so that no list of them can fall behind.
 * A value that is wrong is reported and then read as absent, so that the reading goes on to the next mistake.
 */
final class Section {

    private final Table table;
    private final List<String> path;
    private final int line;
    private final Problems problems;
    private final Set<String> known = new LinkedHashSet<>();

    private Section(Table table, List<String> path, int line, Problems problems) {
        this.table = table;
        this.path = path;
        this.line = line;
        this.problems = problems;
    }

    static Section root(Table table, Problems problems) {
        return new Section(table, List.of(), 1, problems);
    }

    /** The table below a key; an empty one when there is none. */
    Section section(String key) {
        Object value = get(key);
        if (value instanceof Table below) {
            return new Section(below, append(key), lineOf(key), problems);
        }
        if (value != null) {
            problem(key, "must be a table, written once as [" + dotted(key) + "]");
        }
        return new Section(new Table(Map.of()), append(key), lineOf(key), problems);
    }

    /** Whether a key is written as {@code [[key]]}. */
    boolean isListOfTables(String key) {
        return value(key) instanceof Items list
                && !list.elements().isEmpty()
                && list.elements().get(0).value() instanceof Table;
    }

    /** The tables that are written as {@code [[key]]}, in their order. */
    List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        if (get(key) instanceof Items list) {
            for (TomlNode element : list.elements()) {
                if (element.value() instanceof Table below) {
                    sections.add(new Section(below, append(key), element.line(), problems));
                } else {
                    problem(key, "holds something else than tables, each written as [[" + dotted(key) + "]]");
                }
            }
        }
        return sections;
    }

    /** The value as TOML knows it; null when absent. */
    @Nullable
    Object raw(String key) {
        return get(key);
    }

    boolean has(String key) {
        return table.entries().containsKey(key);
    }

    @Nullable
    String string(String key) {
        Object value = get(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof String text)) {
            problem(key, "must be a text in quotes, not " + kind(value));
            return null;
        }
        if (text.isBlank()) {
            problem(key, "must not be empty");
            return null;
        }
        return withoutNul(key, text) ? text : null;
    }

    /** Null when absent. An array without elements is returned: whether it may be one, the caller knows. */
    @Nullable
    List<String> strings(String key) {
        Object value = get(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Items list)) {
            problem(key, "must be a list of texts, such as [\"a\", \"b\"], not " + kind(value));
            return null;
        }
        List<String> texts = new ArrayList<>();
        int place = 0;
        for (TomlNode element : list.elements()) {
            place++;
            if (element.value() instanceof String text) {
                if (withoutNul(key, text)) {
                    texts.add(text);
                }
            } else {
                problems.add(
                        element.line(),
                        dotted(key) + " holds " + kind(element.value()) + " at place " + place
                                + "; all its elements must be texts in quotes");
            }
        }
        return texts.size() == list.elements().size() ? List.copyOf(texts) : null;
    }

    /** A list that, when given, names a program first; empty when absent. */
    List<String> command(String key) {
        List<String> words = strings(key);
        if (words == null) {
            return List.of();
        }
        if (words.isEmpty() || words.get(0).isBlank()) {
            problem(key, "must begin with the program to run, such as [\"/usr/bin/true\"]");
            return List.of();
        }
        return words;
    }

    Map<String, String> environment(String key) {
        Object value = get(key);
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Table variables)) {
            problem(key, "must be a table, such as { KEY = \"value\" }, not " + kind(value));
            return Map.of();
        }
        Section below = new Section(variables, append(key), lineOf(key), problems);
        Map<String, String> texts = new LinkedHashMap<>();
        for (String variable : variables.entries().keySet()) {
            Object text = below.get(variable);
            if (variable.isBlank() || variable.indexOf('=') >= 0 || variable.indexOf('\0') >= 0) {
                below.problem(variable, "cannot be the name of an environment variable");
            } else if (!(text instanceof String)) {
                below.problem(variable, "must be a text: put the value in quotes");
            } else if (below.withoutNul(variable, (String) text)) {
                texts.put(variable, (String) text);
            }
        }
        return Collections.unmodifiableMap(texts);
    }

    /** Greater than zero. */
    Duration duration(String key, Duration absent) {
        Duration duration = durationOrZero(key, absent);
        if (duration.isZero()) {
            problem(key, "must be longer than nothing");
            return absent;
        }
        return duration;
    }

    Duration durationOrZero(String key, Duration absent) {
        Object value = get(key);
        if (value == null) {
            return absent;
        }
        Optional<Duration> duration = value instanceof String text ? DurationText.parse(text) : Optional.empty();
        if (duration.isEmpty()) {
            problem(key, "must be a duration in quotes, such as \"90s\", \"1h30m\" or \"500ms\"");
            return absent;
        }
        if (duration.get().compareTo(DurationText.LONGEST) > 0) {
            problem(key, "must not be longer than " + DurationText.LONGEST.toDays() + "d");
            return absent;
        }
        return duration.get();
    }

    /** In bytes. */
    long size(String key, long absent) {
        Object value = get(key);
        if (value == null) {
            return absent;
        }
        OptionalLong size = value instanceof String text ? SizeText.parse(text) : OptionalLong.empty();
        if (size.isEmpty()) {
            problem(key, "must be a size in quotes, such as \"10GB\" or \"512MiB\"");
            return absent;
        }
        return size.getAsLong();
    }

    /** Greater than zero. */
    int number(String key, int absent) {
        Object value = get(key);
        if (value == null) {
            return absent;
        }
        if (value instanceof Long number && number > 0 && number <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        problem(key, "must be a number greater than zero, without quotes");
        return absent;
    }

    boolean flag(String key, boolean absent) {
        Object value = get(key);
        if (value == null) {
            return absent;
        }
        if (!(value instanceof Boolean flag)) {
            problem(key, "must be true or false, not " + kind(value));
            return absent;
        }
        return flag;
    }

    /** @param text goes on where the key's name ends */
    void problem(String key, String text) {
        problems.add(lineOf(key), dotted(key) + " " + text);
    }

    String dotted(String key) {
        return AnyToml.dotted(append(key));
    }

    /**
     * To be called when all keys were asked for.
     *
     * @param all every section of the file, to find where a key belongs that stands in the wrong one
     */
    void reportUnknownKeys(List<Section> all) {
        for (String key : table.entries().keySet()) {
            if (!known.contains(key)) {
                problem(key, "is not a known key; " + hint(key, all));
            }
        }
    }

    private String hint(String key, List<Section> all) {
        Optional<String> near = Spelling.nearest(key, known);
        if (near.isPresent()) {
            return "did you mean " + near.get() + "?";
        }
        List<String> elsewhere = all.stream()
                .filter(section -> section.known.contains(key))
                .map(section -> section.dotted(key))
                .distinct()
                .toList();
        if (!elsewhere.isEmpty()) {
            return "did you mean " + String.join(" or ", elsewhere) + "?";
        }
        return "known here are " + String.join(", ", known);
    }

    private @Nullable Object get(String key) {
        known.add(key);
        return value(key);
    }

    private @Nullable Object value(String key) {
        TomlNode node = table.entries().get(key);
        return node == null ? null : node.value();
    }

    private boolean withoutNul(String key, String text) {
        if (text.indexOf('\0') < 0) {
            return true;
        }
        problem(key, "must not hold the character \\u0000");
        return false;
    }

    private int lineOf(String key) {
        TomlNode node = table.entries().get(key);
        return node == null ? line : node.line();
    }

    private List<String> append(String key) {
        List<String> longer = new ArrayList<>(path);
        longer.add(key);
        return longer;
    }

    private static String kind(Object value) {
        if (value instanceof String) {
            return "a text";
        }
        if (value instanceof Boolean) {
            return "true or false";
        }
        if (value instanceof Number) {
            return "a number";
        }
        if (value instanceof Items) {
            return "a list";
        }
        return value instanceof Table ? "a table" : "a date or time";
    }

    /** @return null when it is not given, or is no path there */
    @Nullable
    Path path(String key, FileSystem fileSystem) {
        String text = string(key);
        if (text == null) {
            return null;
        }
        try {
            return fileSystem.getPath(text);
        } catch (InvalidPathException e) {
            problem(key, "is \"" + text + "\", which is not a path");
            return null;
        }
    }
}
