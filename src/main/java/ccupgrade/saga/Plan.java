package ccupgrade.saga;

import java.util.List;

/**
 * The steps of one kind of operation, in order.
 *
 * @param kind the name by which the journal, and so recovery, knows the plan
 * @param steps up to the point of no return; taken back in reverse when one fails
 * @param finish after it; each is repeated until it has succeeded once
 */
public record Plan(String kind, List<Step> steps, List<Step> finish) {}
