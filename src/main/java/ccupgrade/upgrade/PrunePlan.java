package ccupgrade.upgrade;

import static ccupgrade.saga.Step.finishing;
import static ccupgrade.saga.Step.looking;

import ccupgrade.saga.Plan;
import java.util.List;

/** The story of a prune. What goes is chosen before the point of no return, and written down; from there on it goes, also after a crash. */
final class PrunePlan {

    static final String KIND = "prune";

    private PrunePlan() {}

    static Plan of(PruneSteps prune) {
        return new Plan(KIND, List.of(looking("choose", prune::choose)), List.of(finishing("delete", prune::delete)));
    }
}
