package ccupgrade.upgrade;

import static ccupgrade.saga.Step.finishing;
import static ccupgrade.saga.Step.looking;

import ccupgrade.saga.Plan;
import ccupgrade.saga.Step;
import java.util.List;

/** The story of a rehearsal. The service works on, and nothing of it is touched. */
final class RehearsalPlan {

    static final String KIND = "rehearse";

    private RehearsalPlan() {}

    static Plan of(RehearsalSteps rehearsal) {
        return new Plan(
                KIND,
                List.of(
                        looking("examine", rehearsal::examine),
                        new Step("copy", facts -> {}, rehearsal::copy, rehearsal::remove),
                        new Step("rehearse", facts -> {}, rehearsal::migrate, rehearsal::killLeftovers),
                        looking("judge", rehearsal::judge),
                        new Step("try", facts -> {}, rehearsal::tryStart, rehearsal::killLeftovers)),
                List.of(finishing("clear", rehearsal::remove)));
    }
}
