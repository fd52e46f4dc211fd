package ccupgrade.upgrade;

import static ccupgrade.saga.Step.finishing;
import static ccupgrade.saga.Step.looking;

import ccupgrade.saga.Plan;
import ccupgrade.saga.Step;
import ccupgrade.upgrade.Hooks.Moment;
import java.util.List;

/** The story of an install. */
final class InstallPlan {

    static final String KIND = "install";

    private InstallPlan() {}

    static Plan of(
            ReleaseSteps release,
            PreflightStep preflight,
            ServiceSteps service,
            SnapshotSteps snapshot,
            MigrationSteps migration,
            TakeBack takeBack,
            PruneSteps prune,
            HookSteps hooks) {
        return new Plan(
                KIND,
                List.of(
                        // Nobody notices anything up to here: the service works on.
                        new Step("stage", release::choose, release::stage, release::discard),
                        looking("inspect", release::inspectAndPublish),
                        looking("preflight", preflight::check),
                        new Step("precopy", snapshot::name, snapshot::precopy, snapshot::drop),
                        hooks.step(Moment.PRE_STOP),
                        // The downtime begins.
                        new Step("hold", service::intendToStop, service::stop, service::bringBack),
                        new Step("snapshot", facts -> {}, snapshot::finish, snapshot::dropFinished),
                        new Step("migrate", migration::intend, migration::migrate, takeBack::run),
                        looking("check", migration::check),
                        new Step("activate", release::noteCurrent, release::activate, release::activatePrevious),
                        new Step("start", service::intendToStart, service::start, service::stopAgain),
                        // It ends with the first healthy answer.
                        looking("health", service::awaitHealth),
                        looking("verify", migration::verify),
                        hooks.step(Moment.POST_START)),
                List.of(
                        finishing("lift", service::liftHold),
                        finishing("keep", release::keep),
                        hooks.step(Moment.ON_SUCCESS),
                        finishing("prove", snapshot::settle),
                        finishing("count", migration::countRows),
                        finishing("prune", prune::byPolicy)));
    }
}
