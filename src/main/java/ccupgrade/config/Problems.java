package ccupgrade.config;

import ccupgrade.fault.Misuse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** All that is wrong in one file, so that it takes one round of editing and not ten. */
final class Problems {

    /** Could steer a terminal or break a line. */
    static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    /** More than this on one screen is not read. */
    private static final int SHOWN = 10;

    private static final int LONGEST = 300;

    private static final String REMEDY =
            "correct it; 'ccupgrade init' in an empty directory writes a file that explains every key";

    private record Problem(int line, String text) {}

    private final List<Problem> problems = new ArrayList<>();

    void add(int line, String text) {
        problems.add(new Problem(line, forATerminal(text)));
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    Misuse misuse(Path file) {
        List<String> lines = problems.stream()
                .sorted(Comparator.comparingInt(Problem::line))
                .map(problem -> "line " + problem.line + ": " + problem.text)
                .distinct()
                .toList();
        if (lines.size() == 1) {
            return new Misuse("cannot use " + file + ": " + lines.get(0), REMEDY);
        }
        StringBuilder message = new StringBuilder("cannot use " + file + ": " + lines.size() + " mistakes");
        lines.stream().limit(SHOWN).forEach(line -> message.append("\n  ").append(line));
        if (lines.size() > SHOWN) {
            message.append("\n  and ").append(lines.size() - SHOWN).append(" more");
        }
        return new Misuse(message.toString(), REMEDY);
    }

    /** The text quotes the file, which may hold anything: no escape sequence of it reaches the terminal. */
    private static String forATerminal(String text) {
        String clean = UNPRINTABLE.matcher(text).replaceAll("?");
        String cut = clean.length() > LONGEST ? clean.substring(0, LONGEST) + "…" : clean;
        return cut.isEmpty() ? cut : cut.substring(0, 1).toLowerCase(Locale.ROOT) + cut.substring(1);
    }
}
