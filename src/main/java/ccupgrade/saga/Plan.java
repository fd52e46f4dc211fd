package ccupgrade.saga;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The steps of one kind of operation, in order.
 *
 * @param kind the name by which the journal, and so recovery, knows the plan
 * @param steps up to the point of no return; taken back in reverse when one fails
 * @param finish after it; each is repeated until it has succeeded once
 */
public record Plan(String kind, List<Step> steps, List<Step> finish) {

    /** @throws IllegalArgumentException when two steps share a name: the journal could not tell which of them was done */
    public Plan {
        steps = List.copyOf(steps);
        finish = List.copyOf(finish);
        Set<String> names = new HashSet<>();
        Stream.concat(steps.stream(), finish.stream()).forEach(step -> {
            if (!names.add(step.name())) {
                throw new IllegalArgumentException("two steps of '" + kind + "' are called '" + step.name() + "'");
            }
        });
    }
}
