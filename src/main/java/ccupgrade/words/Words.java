package ccupgrade.words;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How quantities and foreign texts are worded, the same in every command and in every locale. */
public final class Words {

    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT);
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

    /** Writes numbers as {@link Locale#ROOT} does; but for this one Java knows the digits without looking through its locales. */
    private static final Locale FORMAT = Locale.US;

    private static final Pattern BREAK = Pattern.compile("[ \\t]*[\\r\\n\\t]+[ \\t]*");

    private Words() {}

    /** {@link String#format}, the same in every locale. */
    public static String format(String text, Object... values) {
        return String.format(FORMAT, text, values);
    }

    /** As exact as a reader can use it: {@code 12 ms}, {@code 0.4 s}, {@code 3 min 20 s}, {@code 2 h 05 min}, {@code 3 d 04 h}. */
    public static String duration(Duration duration) {
        if (duration.isNegative()) {
            return "-" + duration(duration.negated());
        }
        long millis = duration.toMillis();
        if (millis < 100) {
            return millis + " ms";
        }
        // What would round up to a minute is one.
        if (millis < 59_950) {
            return tenths(Math.round(millis / 100.0)) + " s";
        }
        return wholeSeconds(Duration.ofMillis(millis + 50));
    }

    /** Like {@link #duration}, but without a fraction, for what is counted up or estimated: {@code 8 s}. */
    public static String wholeSeconds(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + twoDigits(seconds % 60) + " s";
        }
        if (seconds < 2 * 86_400) {
            return seconds / 3600 + " h " + twoDigits(seconds % 3600 / 60) + " min";
        }
        return seconds / 86_400 + " d " + twoDigits(seconds % 86_400 / 3600) + " h";
    }

    /** Decimal units, as disks are sold and {@code df -H} counts: {@code 999 B}, {@code 1.3 GB}, {@code 444 MB}. */
    public static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        String[] units = {"kB", "MB", "GB", "TB", "PB", "EB"};
        double value = bytes / 1000.0;
        int unit = 0;
        // From 999.5 on it would read 1000.
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return (value < 99.95 ? tenths(Math.round(value * 10)) : Long.toString(Math.round(value))) + " " + units[unit];
    }

    /** By hand, here and below: the first call of a formatter takes a tenth of the time of a command that only looks. */
    private static String tenths(long tenths) {
        return tenths / 10 + "." + tenths % 10;
    }

    private static String twoDigits(long number) {
        return number < 10 ? "0" + number : Long.toString(number);
    }

    /** Bytes by time: {@code 410 MB/s}; nothing can be said about no time at all: empty. */
    public static String rate(long bytes, Duration time) {
        double seconds = time.toNanos() / 1e9;
        return seconds <= 0 ? "" : bytes((long) (bytes / seconds)) + "/s";
    }

    /** Never rounded up: only what is complete is {@code 100 %}. */
    public static String percent(long done, long total) {
        return (total <= 0 ? 100 : (long) Math.floor(100.0 * Math.min(done, total) / total)) + " %";
    }

    /** To the minute, in the reader's time zone: {@code 2026-11-22 19:40}. */
    public static String instant(Instant instant, ZoneId zone) {
        return MINUTE.format(instant.atZone(zone));
    }

    /** To the second, for texts whose reader's time zone is not known: {@code 2026-11-22 19:40:05 UTC}. */
    public static String moment(Instant instant) {
        return SECOND.format(instant.atOffset(ZoneOffset.UTC));
    }

    /** {@code 1,234,567}. */
    public static String count(long count) {
        return String.format(FORMAT, "%,d", count);
    }

    /** {@code 1 row}, {@code 2,000 rows}: for words whose plural takes an s. */
    public static String count(long count, String singular) {
        return count(count) + " " + singular + (count == 1 ? "" : "s");
    }

    /**
     * The text without what could move the cursor, recolour or deceive a terminal. Line ends and tabs stay.
     *
     * <p>Names come from manifests, lines from other programs' output: none of them is ours.
     */
    public static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            clean.append(Character.isISOControl(c) && c != '\n' && c != '\t' ? '?' : c);
        }
        return clean.toString();
    }

    /** Without the evidence that some messages carry below their first line. */
    public static String firstLine(@Nullable String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }

    /** {@link #printable}, on a single line. */
    public static String oneLine(String text) {
        String stripped = text.strip();
        // Nearly all are one line already, and not worth the first regular expression of a command.
        return printable(
                stripped.chars().anyMatch(Words::breaks)
                        ? BREAK.matcher(stripped).replaceAll(" ")
                        : stripped);
    }

    private static boolean breaks(int c) {
        return c == '\r' || c == '\n' || c == '\t';
    }

    /** How many columns the text takes, as far as counting code points tells. */
    public static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The text in lines of at most so many columns, broken at spaces; only a word that is longer is broken itself. At least one line. */
    public static List<String> wrap(String text, int columns) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (width(rest) > columns) {
            int end = rest.offsetByCodePoints(0, columns);
            int space = rest.lastIndexOf(' ', end);
            int cut = space > 0 ? space : end;
            lines.add(rest.substring(0, cut).stripTrailing());
            rest = rest.substring(cut).stripLeading();
        }
        lines.add(rest);
        return lines;
    }

    /** At most so many columns of the text, with a mark at the end where something is missing. */
    public static String cut(String text, int columns, boolean unicode) {
        if (width(text) <= columns) {
            return text;
        }
        String mark = unicode ? "…" : "...";
        int kept = Math.max(0, columns - mark.length());
        return text.substring(0, text.offsetByCodePoints(0, kept)).stripTrailing() + mark;
    }
}
