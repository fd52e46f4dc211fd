package ccupgrade.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as the file writes them: {@code 90s}, {@code 1h30m}, {@code 500ms}. */
final class DurationText {

    /** Well above any sense, and well below where milliseconds and nanoseconds overflow. */
    static final Duration LONGEST = Duration.ofDays(1000);

    private static final Pattern PARTS = Pattern.compile(
            "(?=[0-9])(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?(?:([0-9]{1,9})ms)?");

    private DurationText() {}

    /** Empty for what is none. */
    static Optional<Duration> parse(String text) {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofDays(number(parts.group(1)))
                .plusHours(number(parts.group(2)))
                .plusMinutes(number(parts.group(3)))
                .plusSeconds(number(parts.group(4)))
                .plusMillis(number(parts.group(5))));
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    /** What {@link #parse} reads back; to the millisecond. Seconds and minutes below two of the next unit stay: {@code 90s}. */
    static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return (millis >= 1000 ? millis / 1000 + "s" : "") + millis % 1000 + "ms";
        }
        long seconds = millis / 1000;
        if (seconds % 60 != 0 || seconds < 120) {
            return seconds + "s";
        }
        long minutes = seconds / 60;
        return minutes % 60 != 0 || minutes < 120 ? minutes + "m" : minutes / 60 + "h";
    }
}
