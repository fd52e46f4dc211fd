package ccupgrade.upgrade;

import static ccupgrade.saga.Step.finishing;
import static ccupgrade.saga.Step.looking;

import ccupgrade.saga.Plan;
import ccupgrade.saga.Step;
import java.util.List;

/** The story of a snapshot by hand: taken while the service works on, or while it stands still. */
final class SnapshotPlan {

    static final String KIND = "snapshot";

    private SnapshotPlan() {}

    static Plan of(ServiceSteps service, SnapshotSteps snapshot, boolean atStop) {
        Step examine = looking("examine", snapshot::examine);
        List<Step> steps = atStop
                ? List.of(
                        examine,
                        new Step("precopy", snapshot::nameByHand, snapshot::precopyByHand, snapshot::drop),
                        new Step("hold", service::intendToStop, service::stop, service::bringBack),
                        new Step("snapshot", facts -> {}, snapshot::finish, snapshot::dropFinished),
                        looking("resume", service::bringBack))
                : List.of(examine, new Step("take", snapshot::nameByHand, snapshot::takeLive, snapshot::drop));
        return new Plan(KIND, steps, List.of(finishing("prove", snapshot::settle)));
    }
}
