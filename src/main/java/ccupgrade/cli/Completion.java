package ccupgrade.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What a word on the command line may become. */
final class Completion {

    /** The only line, when the shell is to offer files. */
    static final String FILES = ":files";

    /** What stands in the place of a value in the help tells what it is to be. */
    private static final Map<String, List<String>> VALUES = Map.of("FORMAT", List.of("table", "json"));

    private final CommandSpec root;
    private final Function<@Nullable Path, List<String>> releases;
    private final Function<@Nullable Path, List<String>> snapshots;

    /**
     * @param releases by the home that is named on the line; null when none is
     * @param snapshots likewise
     */
    Completion(
            CommandSpec root,
            Function<@Nullable Path, List<String>> releases,
            Function<@Nullable Path, List<String>> snapshots) {
        this.root = root;
        this.releases = releases;
        this.snapshots = snapshots;
    }

    /** @param words after the name of the program; the last one is to be completed, and may be empty */
    List<String> of(List<String> words) {
        String begun = words.isEmpty() ? "" : words.get(words.size() - 1);
        List<String> before = words.isEmpty() ? List.of() : words.subList(0, words.size() - 1);
        return candidates(before, begun)
                .filter(word -> word.startsWith(begun) || word.equals(FILES))
                .toList();
    }

    private Stream<String> candidates(List<String> before, String begun) {
        CommandSpec command = root;
        Path home = null;
        List<String> given = new ArrayList<>();
        OptionSpec awaiting = null;
        for (String word : before) {
            OptionSpec option = command.findOption(word);
            if (awaiting != null) {
                home = isHome(awaiting) ? path(word) : home;
                awaiting = null;
            } else if (option != null) {
                awaiting = option.arity().max() > 0 ? option : null;
            } else if (!word.startsWith("-")) {
                CommandLine below = command.subcommands().get(word);
                if (below == null) {
                    given.add(word);
                } else {
                    command = below.getCommandSpec();
                }
            }
        }
        if (awaiting != null) {
            return values(awaiting.paramLabel(), home);
        }
        if (begun.startsWith("-")) {
            return command.options().stream().filter(option -> !option.hidden()).flatMap(o -> Stream.of(o.names()));
        }
        if (!command.subcommands().isEmpty()) {
            return names(command);
        }
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            if (parameter.index().contains(given.size())) {
                return values(parameter.paramLabel(), home);
            }
        }
        return Stream.of();
    }

    private Stream<String> values(String label, @Nullable Path home) {
        return switch (label) {
            case "RELEASE" -> releases.apply(home).stream();
            case "SNAPSHOT" -> snapshots.apply(home).stream();
            case "COMMAND" -> names(root);
            case "FILE", "FILE=NEW", "LIST", "SIGNATURE", "DIR" -> Stream.of(FILES);
            default -> VALUES.getOrDefault(label, List.of()).stream();
        };
    }

    private static Stream<String> names(CommandSpec command) {
        return command.subcommands().entrySet().stream()
                .filter(below ->
                        !below.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey);
    }

    private static boolean isHome(OptionSpec option) {
        return List.of(option.names()).contains("--home");
    }

    private static @Nullable Path path(String word) {
        try {
            return Path.of(word);
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
