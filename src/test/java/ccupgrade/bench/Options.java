package ccupgrade.bench;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The command line of {@code scripts/bench}; see there. */
record Options(List<Double> sizes, int runs, Set<Part> parts, Path directory, boolean cold, String synchronous) {

    /** Memory and downtime come from the same runs, as do copying and latency. */
    enum Part {
        DOWNTIME,
        COPY,
        LATENCY,
        MEMORY,
        STARTUP
    }

    static Options parse(List<String> arguments) {
        List<Double> sizes = List.of(0.25, 1.0, 4.0);
        int runs = 3;
        Set<Part> parts = EnumSet.noneOf(Part.class);
        Path directory = Path.of("target", "bench", "work");
        boolean cold = true;
        String synchronous = "FULL";
        for (int i = 0; i < arguments.size(); i++) {
            String option = arguments.get(i);
            if (option.equals("--warm")) {
                cold = false;
                continue;
            }
            if (++i == arguments.size()) {
                throw new IllegalArgumentException("unknown option, or one without its value: " + option);
            }
            String value = arguments.get(i);
            switch (option) {
                case "--sizes" ->
                    sizes = Stream.of(value.split(","))
                            .map(Double::valueOf)
                            .sorted()
                            .toList();
                case "--runs" -> runs = Integer.parseInt(value);
                case "--only" -> parts.add(Part.valueOf(value.toUpperCase(Locale.ROOT)));
                case "--dir" -> directory = Path.of(value);
                case "--synchronous" -> synchronous = value.toUpperCase(Locale.ROOT);
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
        return new Options(
                sizes,
                runs,
                parts.isEmpty() ? EnumSet.allOf(Part.class) : parts,
                directory.toAbsolutePath(),
                cold,
                synchronous);
    }

    boolean wants(Part... some) {
        return Stream.of(some).anyMatch(parts::contains);
    }
}
