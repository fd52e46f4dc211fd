package ccupgrade.upgrade;

import static ccupgrade.saga.Step.finishing;
import static ccupgrade.saga.Step.looking;

import ccupgrade.saga.Plan;
import ccupgrade.saga.Step;
import java.util.List;

/** The story of a restore: the state of a snapshot takes the place of the present one, which is kept. The release stays. */
final class RestorePlan {

    static final String KIND = "restore";

    private RestorePlan() {}

    static Plan of(RestoreGuard guard, ServiceSteps service, SnapshotSteps snapshot, TakeBack takeBack) {
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
                        new Step("start", service::intendToStart, service::start, service::stopAgain),
                        looking("health", service::awaitHealth)),
                List.of(
                        finishing("lift", service::liftHold),
                        finishing("tidy", snapshot::forgetArchive),
                        finishing("prove", snapshot::settle)));
    }
}
