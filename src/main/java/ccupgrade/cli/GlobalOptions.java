package ccupgrade.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** The options that every command takes, before its name or after it. To be read only when a command runs. */
public final class GlobalOptions {

    /** What a result is printed as. */
    public enum Output {
        TABLE,
        JSON
    }

    @Option(
            names = {"-C", "--home"},
            paramLabel = "DIR",
            order = 100,
            scope = ScopeType.INHERIT,
            description = "the deployment; default: the nearest directory upwards with a ccupgrade.toml, else here")
    private @Nullable Path home;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            order = 101,
            scope = ScopeType.INHERIT,
            converter = OutputName.class,
            description = "table (default) or json")
    private @Nullable Output output;

    @Option(
            names = {"-q", "--quiet"},
            order = 102,
            scope = ScopeType.INHERIT,
            description = "print only what was asked for, warnings and errors")
    private boolean quiet;

    @Option(
            names = {"-y", "--yes"},
            order = 103,
            scope = ScopeType.INHERIT,
            description = "answer yes to every question")
    private boolean yes;

    @Option(
            names = "--no-color",
            order = 104,
            scope = ScopeType.INHERIT,
            description = "no colour; so does NO_COLOR in the environment")
    private boolean noColor;

    @Option(
            names = "--lock-wait",
            paramLabel = "DURATION",
            order = 105,
            scope = ScopeType.INHERIT,
            converter = DurationOption.class,
            description = "how long to wait for another operation to end, as 90s or 5m; default: not at all")
    private @Nullable Duration lockWait;

    /** As given; empty: to be looked for. */
    public Optional<Path> home() {
        return Optional.ofNullable(home);
    }

    public Output output() {
        return output == null ? Output.TABLE : output;
    }

    public boolean quiet() {
        return quiet;
    }

    public boolean yes() {
        return yes;
    }

    public boolean noColor() {
        return noColor;
    }

    /** Zero: do not wait. */
    public Duration lockWait() {
        return lockWait == null ? Duration.ZERO : lockWait;
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
