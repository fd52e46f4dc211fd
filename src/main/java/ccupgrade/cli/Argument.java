package ccupgrade.cli;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ScopeType;

/**
 * What a command takes: its description, and once the line is parsed what was given for it. Declared by calls, because picocli reads
 * annotations by reflection at every start, and that takes a third of the time of a command that only looks.
 */
final class Argument<T> {

    private final ArgSpec spec;

    private Argument(ArgSpec spec) {
        this.spec = spec;
    }

    static Argument<Boolean> flag(String description, String... names) {
        return new Argument<>(OptionSpec.builder(names)
                .type(boolean.class)
                .description(description)
                .build());
    }

    static <T> Argument<T> option(Class<T> type, String label, String description, String... names) {
        return new Argument<>(optionBuilder(type, label, description, names).build());
    }

    static <T> Argument<T> option(
            Class<T> type, ITypeConverter<T> converter, String label, String description, String... names) {
        return new Argument<>(optionBuilder(type, label, description, names)
                .converters(converter)
                .build());
    }

    /** @param absent as it could be written on the line */
    static <T> Argument<T> optionOr(String absent, Class<T> type, String label, String description, String... names) {
        return new Argument<>(optionBuilder(type, label, description, names)
                .defaultValue(absent)
                .build());
    }

    /** An option that may be given more than once, with a text each time. */
    static Argument<String> texts(String label, String description, String... names) {
        return new Argument<>(optionBuilder(List.class, label, description, names)
                .auxiliaryTypes(String.class)
                .build());
    }

    private static OptionSpec.Builder optionBuilder(Class<?> type, String label, String description, String... names) {
        return OptionSpec.builder(names).type(type).paramLabel(label).description(description);
    }

    /** @param index its place among the parameters, from 0 */
    static <T> Argument<T> parameter(int index, Class<T> type, String label, String description) {
        return new Argument<>(parameterBuilder(index, type, label, description)
                .arity("1")
                .required(true)
                .build());
    }

    static <T> Argument<T> optionalParameter(Class<T> type, String label, String description) {
        return new Argument<>(
                parameterBuilder(0, type, label, description).arity("0..1").build());
    }

    private static PositionalParamSpec.Builder parameterBuilder(
            int index, Class<?> type, String label, String description) {
        return PositionalParamSpec.builder()
                .index(Integer.toString(index))
                .type(type)
                .paramLabel(label)
                .description(description);
    }

    /** All words that are no options; there may be none. */
    static Argument<String> words(String label, String... description) {
        return new Argument<>(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel(label)
                .description(description)
                .build());
    }

    /**
     * The same option, for every command, before its name or after it.
     *
     * @param order among the options of a help
     */
    Argument<T> everywhere(int order) {
        return new Argument<>(((OptionSpec) spec)
                .toBuilder().order(order).scopeType(ScopeType.INHERIT).build());
    }

    void addTo(CommandSpec command) {
        command.add(spec);
    }

    boolean isGiven() {
        return Boolean.TRUE.equals(spec.getValue());
    }

    @Nullable
    T orNull() {
        return spec.getValue();
    }

    /** Of what has to be given, or has a default. */
    T get() {
        return Objects.requireNonNull(orNull());
    }

    /** In the order of the line. */
    List<T> all() {
        List<T> given = spec.getValue();
        return given == null ? List.of() : List.copyOf(given);
    }
}
