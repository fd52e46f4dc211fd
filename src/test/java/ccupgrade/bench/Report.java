package ccupgrade.bench;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tables and the plot, made of nothing but the results. Times are medians, with the range of all runs in parentheses. */
final class Report {

    private static final List<String> PARTS =
            List.of("after the stop", "snapshot", "around the migration", "check", "activate", "before the start");

    private static final double MOST_BEYOND = 0.3;
    private static final double LEAST_SPEED = 0.9;
    private static final double MOST_MEGABYTES = 150;
    private static final double MOST_TIMES_SLOWER = 2;

    private final Results results;

    Report(Results results) {
        this.results = results;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        if (results.has("downtime")) {
            section(text, "Downtime beyond the service's own stop, migration and start, seconds", downtimes("beyond"));
            section(text, "The whole downtime as a client sees it, seconds", downtimes("downtime"));
            section(text, "The service's own parts of it, seconds", ownParts());
            section(text, "What ccupgrade does in the downtime, seconds, medians", parts());
            section(text, "Peak memory of ccupgrade, MB, and in which step it was reached", memory());
        }
        if (results.has("copying")) {
            section(text, "Copying while the service works", copying(true));
            section(text, "Copying while the service is idle", copying(false));
        }
        if (results.has("startup")) {
            section(text, "Commands that look, milliseconds; " + Startup.USUAL, startup());
        }
        section(text, "Goals", goals());
        return text.toString();
    }

    private static void section(StringBuilder text, String title, Markdown table) {
        text.append("**").append(title).append("**\n\n").append(table).append('\n');
    }

    private static String size(double size) {
        return size == Math.rint(size) ? Samples.number(size, 0) + " GB" : size + " GB";
    }

    private static String text(Optional<Samples> samples, int decimals) {
        return samples.map(found -> found.text(decimals)).orElse("–");
    }

    private Optional<Samples> downtime(double size, Procedure procedure, String path) {
        return results.values("downtime", Map.of("size", size, "procedure", procedure.name()), path);
    }

    private Markdown downtimes(String field) {
        List<String> header = new ArrayList<>(List.of("database"));
        for (Procedure procedure : Procedure.values()) {
            header.add(procedure.title);
        }
        Markdown table = new Markdown(header.toArray(String[]::new));
        for (double size : results.sizes("downtime")) {
            List<String> row = new ArrayList<>(List.of(size(size)));
            for (Procedure procedure : Procedure.values()) {
                row.add(text(downtime(size, procedure, field), 2));
            }
            table.row(row);
        }
        return table;
    }

    private Markdown ownParts() {
        Markdown table = new Markdown("database", "procedure", "stop", "migration", "start");
        for (double size : results.sizes("downtime")) {
            for (Procedure procedure : Procedure.values()) {
                table.row(
                        size(size),
                        procedure.title,
                        text(downtime(size, procedure, "stop"), 2),
                        text(downtime(size, procedure, "migration"), 2),
                        text(downtime(size, procedure, "start"), 2));
            }
        }
        return table;
    }

    private Markdown parts() {
        List<String> header = new ArrayList<>(List.of("database"));
        header.addAll(PARTS);
        header.add("whole downtime, as it says");
        Markdown table = new Markdown(header.toArray(String[]::new));
        for (double size : results.sizes("downtime")) {
            List<String> row = new ArrayList<>(List.of(size(size)));
            for (String part : PARTS) {
                row.add(downtime(size, Procedure.CCUPGRADE, "parts." + part)
                        .map(found -> Samples.number(found.median(), 3))
                        .orElse("–"));
            }
            row.add(text(downtime(size, Procedure.CCUPGRADE, "own"), 2));
            table.row(row);
        }
        return table;
    }

    private Markdown memory() {
        Markdown table = new Markdown("database", "until the release is kept", "proof included", "reached in");
        for (double size : results.sizes("downtime")) {
            table.row(
                    size(size),
                    text(megabytes(downtime(size, Procedure.CCUPGRADE, "peakAfter.keep")), 0),
                    text(megabytes(wholePeak(size)), 0),
                    highest(size));
        }
        return table;
    }

    private Optional<Samples> wholePeak(double size) {
        return results.values(
                "downtime", Map.of("size", size, "procedure", Procedure.CCUPGRADE.name(), "whole", true), "peak");
    }

    private static Optional<Samples> megabytes(Optional<Samples> bytes) {
        return bytes.map(found ->
                new Samples(found.values().stream().map(each -> each / 1e6).toList()));
    }

    /** The step by whose end nine tenths of the peak had been reached, in the first run that went to its end. */
    private String highest(double size) {
        for (JsonObject sample :
                results.of("downtime", Map.of("size", size, "procedure", Procedure.CCUPGRADE.name(), "whole", true))) {
            double peak = sample.get("peak").getAsDouble();
            JsonObject after = sample.getAsJsonObject("peakAfter");
            for (String step : after.keySet()) {
                if (after.get(step).getAsDouble() >= 0.9 * peak) {
                    return step;
                }
            }
        }
        return "–";
    }

    private Optional<Samples> copied(double size, Copying.Kind kind, boolean loaded, String path) {
        return results.values("copying", Map.of("size", size, "kind", kind.name(), "loaded", loaded), path);
    }

    private Markdown copying(boolean loaded) {
        List<String> header = new ArrayList<>(List.of("database", "how", "seconds", "MB/s", "speed, cp = 1"));
        if (loaded) {
            header.addAll(List.of("commit p50, ms", "p99", "max", "p99, alone = 1"));
        }
        Markdown table = new Markdown(header.toArray(String[]::new));
        for (double size : results.sizes("copying")) {
            if (loaded) {
                // All of what was measured beside no copy, before each of them.
                latencies(table, size(size), "alone", alone(size));
            }
            for (Copying.Kind kind : Copying.Kind.values()) {
                if (!loaded && !kind.isComparedIdle()) {
                    continue;
                }
                Optional<Samples> seconds = copied(size, kind, loaded, "seconds");
                double megabytes =
                        copied(size, kind, loaded, "bytes").map(Samples::median).orElse(0.0) / 1e6;
                List<String> row = new ArrayList<>(List.of(
                        size(size),
                        kind.title,
                        text(seconds, 2),
                        seconds.map(its -> Samples.number(megabytes / its.median(), 0))
                                .orElse("–"),
                        speed(size, kind, loaded)
                                .map(its -> Samples.number(its, 2))
                                .orElse("–")));
                if (loaded) {
                    Optional<Samples> latencies = copied(size, kind, true, "during");
                    row.addAll(cells(latencies));
                    row.add(timesSlower(size, kind)
                            .map(its -> Samples.number(its, 1))
                            .orElse("–"));
                }
                table.row(row);
            }
        }
        return table;
    }

    private static void latencies(Markdown table, String size, String what, Optional<Samples> latencies) {
        List<String> row = new ArrayList<>(List.of(size, what, "–", "–", "–"));
        row.addAll(cells(latencies));
        row.add("1");
        table.row(row);
    }

    private static List<String> cells(Optional<Samples> latencies) {
        return List.of(
                latencies.map(its -> Samples.number(its.percentile(50), 1)).orElse("–"),
                latencies
                        .map(its -> Samples.number(its.percentile(99), 1) + " of "
                                + its.values().size())
                        .orElse("–"),
                latencies.map(its -> Samples.number(its.max(), 1)).orElse("–"));
    }

    private Optional<Samples> alone(double size) {
        return results.values("copying", Map.of("size", size, "loaded", true), "alone");
    }

    private Optional<Double> timesSlower(double size, Copying.Kind kind) {
        return copied(size, kind, true, "during")
                .flatMap(during -> alone(size).map(alone -> during.percentile(99) / alone.percentile(99)));
    }

    /** How fast it is, as a multiple of {@code cp} under the same circumstances. */
    private Optional<Double> speed(double size, Copying.Kind kind, boolean loaded) {
        return copied(size, kind, loaded, "seconds")
                .flatMap(its ->
                        copied(size, Copying.Kind.COPY, loaded, "seconds").map(cp -> cp.median() / its.median()));
    }

    private Markdown startup() {
        Set<String> candidates = new LinkedHashSet<>();
        results.of("startup", Map.of())
                .forEach(sample -> candidates.add(sample.get("what").getAsString()));
        double least = 0;
        Markdown table = new Markdown("what", "min", "median", "max", "median, nothing = 1");
        for (String what : candidates) {
            Samples samples =
                    results.values("startup", Map.of("what", what), "seconds").orElseThrow();
            least = least == 0 ? samples.median() : least;
            table.row(
                    what,
                    Samples.number(samples.min() * 1000, 0),
                    Samples.number(samples.median() * 1000, 0),
                    Samples.number(samples.max() * 1000, 0),
                    Samples.number(samples.median() / least, 1));
        }
        return table;
    }

    private Markdown goals() {
        Markdown table = new Markdown("goal", "database", "measured", "reached");
        for (double size : results.sizes("downtime")) {
            downtime(size, Procedure.CCUPGRADE, "beyond")
                    .ifPresent(beyond -> table.row(
                            "downtime beyond the service's own at most " + MOST_BEYOND + " s",
                            size(size),
                            beyond.text(2) + " s",
                            word(beyond.median() <= MOST_BEYOND)));
        }
        growth(table);
        for (double size : results.sizes("copying")) {
            for (boolean loaded : new boolean[] {true, false}) {
                speed(size, Copying.Kind.CCUPGRADE, loaded)
                        .ifPresent(speed -> table.row(
                                "pre-copy at least " + LEAST_SPEED + " times as fast as cp, the service "
                                        + (loaded ? "at work" : "idle"),
                                size(size),
                                Samples.number(speed, 2),
                                word(speed >= LEAST_SPEED)));
            }
        }
        for (double size : results.sizes("downtime")) {
            megabytes(wholePeak(size))
                    .ifPresent(peak -> table.row(
                            "peak memory below " + Samples.number(MOST_MEGABYTES, 0) + " MB",
                            size(size),
                            peak.text(0) + " MB",
                            word(peak.max() < MOST_MEGABYTES)));
        }
        for (double size : results.sizes("copying")) {
            timesSlower(size, Copying.Kind.CCUPGRADE)
                    .ifPresent(times -> table.row(
                            "p99 of commits during the pre-copy at most twice the usual",
                            size(size),
                            Samples.number(times, 1),
                            word(times <= MOST_TIMES_SLOWER)));
        }
        Startup.MOST_TIMES.forEach((what, most) -> timesNothing(what)
                .ifPresent(times -> table.row(
                        what + ", at most " + most + " times " + Startup.NOTHING,
                        Startup.USUAL.toString(),
                        Samples.number(times, 1),
                        word(times <= most))));
        return table;
    }

    private Optional<Double> timesNothing(String what) {
        return results.values("startup", Map.of("what", what), "seconds")
                .flatMap(its -> results.values("startup", Map.of("what", Startup.NOTHING), "seconds")
                        .map(nothing -> its.median() / nothing.median()));
    }

    /** Flat, within noise: the medians of the smallest and the largest differ by no more than the runs of one size do. */
    private void growth(Markdown table) {
        List<Double> sizes = results.sizes("downtime");
        if (sizes.size() < 2) {
            return;
        }
        double smallest = sizes.get(0);
        double largest = sizes.get(sizes.size() - 1);
        for (Procedure procedure : Procedure.values()) {
            Optional<Samples> low = downtime(smallest, procedure, "beyond");
            Optional<Samples> high = downtime(largest, procedure, "beyond");
            if (low.isPresent() && high.isPresent()) {
                double growth = high.get().median() - low.get().median();
                double noise = Math.max(
                        low.get().max() - low.get().min(),
                        high.get().max() - high.get().min());
                table.row(
                        procedure == Procedure.CCUPGRADE
                                ? "does not grow with the database"
                                : "for comparison: " + procedure.title,
                        size(smallest) + " to " + size(largest),
                        Samples.number(growth, 2) + " s more, runs differ by " + Samples.number(noise, 2) + " s",
                        procedure == Procedure.CCUPGRADE ? word(growth <= noise) : "–");
            }
        }
    }

    private static String word(boolean reached) {
        return reached ? "yes" : "NO";
    }

    String plot() {
        Plot plot = new Plot(
                "Downtime beyond the service's own stop, migration and start",
                "size of the database, GB",
                "seconds; points: medians, bars: all runs");
        for (Procedure procedure : Procedure.values()) {
            List<Plot.Point> points = new ArrayList<>();
            for (double size : results.sizes("downtime")) {
                downtime(size, procedure, "beyond").ifPresent(beyond -> points.add(new Plot.Point(size, beyond)));
            }
            if (procedure != Procedure.NOTHING && !points.isEmpty()) {
                plot.line(procedure.title, points);
            }
        }
        return plot.svg();
    }
}
