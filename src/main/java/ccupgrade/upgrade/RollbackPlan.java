package ccupgrade.upgrade;

import static ccupgrade.saga.Step.finishing;
import static ccupgrade.saga.Step.looking;

import ccupgrade.saga.Plan;
import ccupgrade.saga.Step;
import ccupgrade.upgrade.Hooks.Moment;
import java.util.List;

/** The story of a rollback. The state is kept and put back only when the schema is not the one that the release last ran on. */
final class RollbackPlan {

    static final String KIND = "rollback";

    private RollbackPlan() {}

    static Plan of(
            ReleaseSteps release,
            RollbackGuard guard,
            ServiceSteps service,
            SnapshotSteps snapshot,
            TakeBack takeBack,
            HookSteps hooks) {
        return new Plan(
                KIND,
                List.of(
                        looking("guard", guard::check),
                        new Step(
                                "precopy",
                                snapshot::nameAbandoned,
                                snapshot::precopyAbandoned,
                                snapshot::dropPrecopied),
                        hooks.step(Moment.PRE_STOP),
                        new Step("hold", service::intendToStop, service::stop, service::bringBack),
                        new Step("keep-state", facts -> {}, snapshot::keepAbandoned, snapshot::dropFinished),
                        new Step("restore", facts -> {}, snapshot::restore, takeBack::run),
                        new Step("activate", release::noteCurrent, release::activate, release::activatePrevious),
                        new Step("start", service::intendToStart, service::start, service::stopAgain),
                        looking("health", service::awaitHealth),
                        hooks.step(Moment.POST_START)),
                List.of(
                        finishing("lift", service::liftHold),
                        finishing("keep", release::keep),
                        hooks.step(Moment.ON_SUCCESS),
                        finishing("tidy", snapshot::dropRestored),
                        finishing("prove", snapshot::settle)));
    }
}
