package ccupgrade.cli;

import ccupgrade.words.Words;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names with their values, a line each. Unlike in a {@link Table} nothing is ever cut: each value is what somebody came for. */
final class Pairs {

    private record Pair(Style style, String name, String value) {}

    private final List<Pair> pairs = new ArrayList<>();

    Pairs add(String name, String value) {
        return add(Style.PLAIN, name, value);
    }

    /** @param value may come from outside, and is made {@linkplain Words#oneLine safe} */
    Pairs add(Style style, String name, String value) {
        pairs.add(new Pair(style, name, Words.oneLine(value)));
        return this;
    }

    /** A value of several lines, the further ones below the first. */
    Pairs addLines(String name, String value) {
        String heading = name;
        for (String line : value.split("\n", -1)) {
            add(heading, line);
            heading = "";
        }
        return this;
    }

    /** Leaves out what is not there. */
    Pairs addIfKnown(String name, @Nullable Object value) {
        return value == null ? this : add(name, value.toString());
    }

    void print(Console console) {
        int width =
                pairs.stream().mapToInt(pair -> Words.width(pair.name)).max().orElse(0);
        for (Pair pair : pairs) {
            console.print(pair.style, pair.name + " ".repeat(width - Words.width(pair.name) + 2) + pair.value);
        }
    }
}
