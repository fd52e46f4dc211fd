package ccupgrade.service;

import ccupgrade.fault.Misuse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code {release}} and the like in configured commands. Braces around anything but a lower-case word are left alone. */
public final class Placeholders {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z][a-z-]*)}");

    private Placeholders() {}

    /** @param where names the command in a message: {@code command in [migration]} */
    public static List<String> expand(String where, List<String> words, Map<String, String> values) throws Misuse {
        List<String> expanded = new ArrayList<>();
        for (String word : words) {
            Matcher matcher = PLACEHOLDER.matcher(word);
            StringBuilder result = new StringBuilder();
            while (matcher.find()) {
                String value = values.get(matcher.group(1));
                if (value == null) {
                    throw new Misuse(
                            "cannot fill in " + matcher.group() + " in " + where + ": there is no such value here",
                            "possible are " + String.join(", ", known(values)));
                }
                matcher.appendReplacement(result, Matcher.quoteReplacement(value));
            }
            expanded.add(matcher.appendTail(result).toString());
        }
        return expanded;
    }

    private static List<String> known(Map<String, String> values) {
        return new TreeSet<>(values.keySet())
                .stream().map(name -> "{" + name + "}").toList();
    }
}
