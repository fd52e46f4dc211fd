package ccupgrade.upgrade;

import ccupgrade.saga.Facts;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What nobody may overlook, gathered over the steps; one line each. */
final class Warnings {

    private Warnings() {}

    static void add(Facts facts, List<String> warnings) {
        if (warnings.isEmpty()) {
            return;
        }
        Set<String> lines = new LinkedHashSet<>(of(facts));
        warnings.forEach(warning -> lines.add(warning.replace('\n', ' ')));
        facts.put(Fact.WARNINGS, String.join("\n", lines));
    }

    static List<String> of(Facts facts) {
        String lines = facts.get(Fact.WARNINGS);
        return lines == null ? List.of() : lines.lines().toList();
    }
}
