package ccupgrade.cli;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The commands by name, in the order of the help. One is made when it may be needed: to build the model of all of them takes picocli
 * longer than most of them take to do their work.
 */
public final class Commands {

    private static final Set<String> ASKS_FOR_ALL = Set.of("-h", "--help", "help", CompleteCommand.NAME);

    private final Map<String, Supplier<Object>> all = new LinkedHashMap<>();

    /** @param name as the command's annotation says it */
    public Commands with(String name, Supplier<Object> command) {
        all.put(name, command);
        return this;
    }

    /** Those that an argument names, be it the command or not; all of them when none does, or when the help of all may be asked for. */
    public Object[] wanted(String... arguments) {
        Set<String> named = named(arguments);
        return all.entrySet().stream()
                .filter(command -> named.isEmpty() || named.contains(command.getKey()))
                .map(command -> command.getValue().get())
                .toArray();
    }

    /** The commands that an argument names, be it the command or not; none when the help of all may be asked for. */
    public Set<String> named(String... arguments) {
        Set<String> words = new HashSet<>(List.of(arguments));
        if (words.stream().anyMatch(ASKS_FOR_ALL::contains)) {
            return Set.of();
        }
        words.retainAll(all.keySet());
        return words;
    }
}
