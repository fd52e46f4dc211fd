package backend;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A command line as Go's flag package reads it: {@code -name}, {@code --name}, {@code -name VALUE} or {@code -name=VALUE}. */
record Flags(Map<String, String> given) {

    static final class Unknown extends Exception {
        private static final long serialVersionUID = 1L;

        Unknown(String message) {
            super(message);
        }
    }

    /** @param switches the flags that need no value */
    static Flags parse(List<String> args, Set<String> switches, Set<String> valued) throws Unknown {
        Map<String, String> given = new HashMap<>();
        Deque<String> rest = new ArrayDeque<>(args);
        while (!rest.isEmpty() && rest.peek().startsWith("-")) {
            String word = rest.remove().replaceFirst("^--?", "");
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (switches.contains(name)) {
                given.put(name, equals < 0 ? "true" : word.substring(equals + 1));
            } else if (!valued.contains(name)) {
                throw new Unknown("flag provided but not defined: -" + name);
            } else if (equals >= 0) {
                given.put(name, word.substring(equals + 1));
            } else if (rest.isEmpty()) {
                throw new Unknown("flag needs an argument: -" + name);
            } else {
                given.put(name, rest.remove());
            }
        }
        return new Flags(given);
    }

    boolean has(String name) {
        return "true".equals(given.get(name));
    }

    String value(String name, String absent) {
        return given.getOrDefault(name, absent);
    }
}
