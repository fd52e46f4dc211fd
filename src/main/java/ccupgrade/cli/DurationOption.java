package ccupgrade.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A duration on the command line, as in {@code ccupgrade.toml}: {@code 500ms}, {@code 90s}, {@code 1h30m}, {@code 2d}. */
public final class DurationOption implements ITypeConverter<Duration> {

    private static final Pattern PART = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

    @Override
    public Duration convert(String value) {
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(value);
        int position = 0;
        while (part.find() && part.start() == position) {
            long number = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "ms" -> Duration.ofMillis(number);
                        case "s" -> Duration.ofSeconds(number);
                        case "m" -> Duration.ofMinutes(number);
                        case "h" -> Duration.ofHours(number);
                        default -> Duration.ofDays(number);
                    });
            position = part.end();
        }
        if (position == 0 || position != value.length()) {
            throw new TypeConversionException("'" + value + "' is no duration such as 90s, 5m or 1h30m");
        }
        return sum;
    }
}
