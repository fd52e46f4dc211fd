package ccupgrade.upgrade;

import static ccupgrade.saga.Step.finishing;
import static ccupgrade.saga.Step.looking;

import ccupgrade.saga.Plan;
import ccupgrade.saga.Step;
import java.util.List;

/** The story of a rollback. The state is kept and put back only when the schema is not the one that the release last ran on. */
final class RollbackPlan {

    static final String KIND = "rollback";

    private RollbackPlan() {}

    static Plan of(ReleaseSteps release, RollbackGuard guard, ServiceSteps service, StateSteps state) {
        return new Plan(
                KIND,
                List.of(
                        looking("guard", guard::check),
                        new Step("precopy", state::nameAbandoned, state::precopyAbandoned, state::dropPrecopied),
                        new Step("hold", service::intendToStop, service::stop, service::bringBack),
                        new Step("keep-state", facts -> {}, state::keepAbandoned, state::dropSnapshot),
                        new Step("restore", facts -> {}, state::restore, state::takeBack),
                        new Step("activate", release::noteCurrent, release::activate, release::activatePrevious),
                        new Step("start", service::intendToStart, service::start, service::stopAgain),
                        looking("health", service::awaitHealth)),
                List.of(
                        finishing("lift", service::liftHold),
                        finishing("keep", release::keep),
                        finishing("tidy", state::dropRestored),
                        finishing("prove", state::settleSnapshot)));
    }
}
