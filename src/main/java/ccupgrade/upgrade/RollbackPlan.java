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

    static Plan of(
            ReleaseSteps release,
            RollbackGuard guard,
            ServiceSteps service,
            SnapshotSteps snapshot,
            TakeBack takeBack) {
        return new Plan(
                KIND,
                List.of(
                        looking("guard", guard::check),
                        new Step(
                                "precopy",
                                snapshot::nameAbandoned,
                                snapshot::precopyAbandoned,
                                snapshot::dropPrecopied),
                        new Step("hold", service::intendToStop, service::stop, service::bringBack),
                        new Step("keep-state", facts -> {}, snapshot::keepAbandoned, snapshot::dropFinished),
                        new Step("restore", facts -> {}, snapshot::restore, takeBack::run),
                        new Step("activate", release::noteCurrent, release::activate, release::activatePrevious),
                        new Step("start", service::intendToStart, service::start, service::stopAgain),
                        looking("health", service::awaitHealth)),
                List.of(
                        finishing("lift", service::liftHold),
                        finishing("keep", release::keep),
                        finishing("tidy", snapshot::dropRestored),
                        finishing("prove", snapshot::settle)));
    }
}
