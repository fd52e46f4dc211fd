package ccupgrade.upgrade;

import java.util.List;

/**
 * What an operation would do.
 *
 * @param headline one line
 * @param findings of the gates, in their order; a refusal among them is what the real run would be refused for
 * @param steps what would be done, a line each; empty when it would be refused
 * @param result what the real run would end with, as far as can be known beforehand
 */
public record Preview(
        String kind, String headline, List<Finding> findings, List<PlannedStep> steps, Outcome.Result result) {

    /** @param text one line */
    public record PlannedStep(String name, String text) {}
}
