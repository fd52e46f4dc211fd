package ccupgrade.faults;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;

/** The results as tables in Markdown, one for each fault, as they stand in {@code docs/reliability.md}. */
final class Summary {

    /** A line of a table. */
    private static final class Row {
        int points;
        int different;
        int tried;
        int old;
        int fresh;
        int otherwise;
        int missed;
        int shifted;

        void add(Verdict verdict) {
            points = Math.max(points, verdict.points());
            different = Math.max(different, verdict.different());
            tried++;
            switch (verdict.outcome()) {
                case "old" -> old++;
                case "new" -> fresh++;
                default -> otherwise++;
            }
            missed += verdict.reached() ? 0 : 1;
            shifted += verdict.reached() && !verdict.same() ? 1 : 0;
        }

        void add(Row other) {
            points += other.points;
            different += other.different;
            tried += other.tried;
            old += other.old;
            fresh += other.fresh;
            otherwise += other.otherwise;
            missed += other.missed;
            shifted += other.shifted;
        }

        String line(String name) {
            return String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %d | %d | %d | %d | %d | %d |%n",
                    name,
                    points,
                    different,
                    tried,
                    old,
                    fresh,
                    otherwise,
                    missed,
                    shifted);
        }
    }

    private Summary() {}

    static String of(Iterable<Verdict> verdicts) {
        Map<Mode, Map<Scenario, Row>> rows = new EnumMap<>(Mode.class);
        for (Verdict verdict : verdicts) {
            Mode mode = Mode.valueOf(verdict.mode());
            rows.computeIfAbsent(mode, key -> new EnumMap<>(Scenario.class))
                    .computeIfAbsent(Scenario.of(verdict.scenario()), key -> new Row())
                    .add(verdict);
        }
        StringBuilder text = new StringBuilder();
        for (Mode mode : EnumSet.allOf(Mode.class)) {
            if (rows.containsKey(mode)) {
                table(text, mode, rows.get(mode));
            }
        }
        return text.toString();
    }

    private static void table(StringBuilder text, Mode mode, Map<Scenario, Row> rows) {
        text.append(String.format(Locale.ROOT, "%n%s:%n%n", mode == Mode.KILL ? "SIGKILL" : mode.name()))
                .append(
                        String.format(
                                Locale.ROOT,
                                "| scenario | points | different | tried | old | new | anything else | not reached | shifted |%n"))
                .append(String.format(Locale.ROOT, "|---|---|---|---|---|---|---|---|---|%n"));
        Row sum = new Row();
        rows.forEach((scenario, row) -> {
            text.append(row.line("`" + scenario.word() + "`"));
            sum.add(row);
        });
        text.append(sum.line("all"));
    }
}
