package ccupgrade.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How {@code systemctl show} writes values that are not one word. */
final class SystemdText {

    /** {@code systemd.time(7)}, "Parsing Time Spans", as far as it is printed. A month and a year are what systemd takes for one. */
    private static final Map<String, Double> SECONDS = Map.of(
            "us",
            1e-6,
            "ms",
            1e-3,
            "s",
            1.0,
            "min",
            60.0,
            "h",
            3600.0,
            "d",
            86_400.0,
            "w",
            604_800.0,
            "month",
            2_629_800.0,
            "y",
            31_557_600.0);

    private static final Pattern SPAN = Pattern.compile("\\s*(\\d+(?:\\.\\d+)?)([a-z]+)");

    private static final String ESCAPED = "abfnrtv";
    private static final String MEANT = "\u0007\b\f\n\r\t\u000b";

    private SystemdText() {}

    /** A list, with blanks between the entries; one that is not a plain word stands in double quotes, with escapes as in C. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean begun = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
                begun = true;
            } else if (c == '\\' && quoted && i + 1 < text.length()) {
                i++;
                int known = ESCAPED.indexOf(text.charAt(i));
                word.append(known < 0 ? text.charAt(i) : MEANT.charAt(known));
            } else if (c == ' ' && !quoted) {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }

    /** {@code 1min 30s}; empty for {@code infinity}, and for what is not understood: nothing is known of an end then. */
    static Optional<Duration> span(String text) {
        double seconds = 0;
        int end = 0;
        Matcher matcher = SPAN.matcher(text);
        while (matcher.find() && matcher.start() == end && SECONDS.containsKey(matcher.group(2))) {
            seconds += Double.parseDouble(matcher.group(1)) * SECONDS.get(matcher.group(2));
            end = matcher.end();
        }
        return end == 0 || end < text.length()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Math.round(seconds * 1000)));
    }
}
