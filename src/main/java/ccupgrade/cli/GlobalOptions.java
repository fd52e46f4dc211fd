package ccupgrade.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/** The options that every command takes, before its name or after it. To be read only when a command runs. */
public final class GlobalOptions {

    /** What a result is printed as. */
    public enum Output {
        TABLE,
        JSON
    }

    private final Argument<Path> home = Argument.option(
                    Path.class,
                    "DIR",
                    "the deployment; default: the nearest directory upwards with a ccupgrade.toml, else here",
                    "-C",
                    "--home")
            .everywhere(100);

    private final Argument<Output> output = Argument.option(
                    Output.class, new OutputName(), "FORMAT", "table (default) or json", "-o", "--output")
            .everywhere(101);

    private final Argument<Boolean> quiet = Argument.flag(
                    "print only what was asked for, warnings and errors", "-q", "--quiet")
            .everywhere(102);

    private final Argument<Boolean> yes =
            Argument.flag("answer yes to every question", "-y", "--yes").everywhere(103);

    private final Argument<Boolean> noColor = Argument.flag(
                    "no colour; so does NO_COLOR in the environment", "--no-color")
            .everywhere(104);

    private final Argument<Duration> lockWait = Argument.option(
                    Duration.class,
                    new DurationOption(),
                    "DURATION",
                    "how long to wait for another operation to end, as 90s or 5m; default: not at all",
                    "--lock-wait")
            .everywhere(105);

    /** Once for each of its objects. */
    void addTo(CommandSpec command) {
        Declared.with(command, home, output, quiet, yes, noColor, lockWait);
    }

    /** As given; empty: to be looked for. */
    public Optional<Path> home() {
        return Optional.ofNullable(home.orNull());
    }

    public Output output() {
        Output given = output.orNull();
        return given == null ? Output.TABLE : given;
    }

    public boolean quiet() {
        return quiet.isGiven();
    }

    public boolean yes() {
        return yes.isGiven();
    }

    public boolean noColor() {
        return noColor.isGiven();
    }

    /** Zero: do not wait. */
    public Duration lockWait() {
        Duration given = lockWait.orNull();
        return given == null ? Duration.ZERO : given;
    }

    static final class OutputName implements ITypeConverter<Output> {
        @Override
        public Output convert(String value) {
            return switch (value.toLowerCase(Locale.ROOT)) {
                case "table" -> Output.TABLE;
                case "json" -> Output.JSON;
                default -> throw new TypeConversionException("'" + value + "' is neither table nor json");
            };
        }
    }
}
