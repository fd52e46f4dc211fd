package ccupgrade.upgrade;

import static ccupgrade.saga.Step.finishing;
import static ccupgrade.saga.Step.looking;

import ccupgrade.saga.Plan;
import ccupgrade.saga.Step;
import java.util.List;

/** The story of an install. */
final class InstallPlan {

    static final String KIND = "install";

    private InstallPlan() {}

    static Plan of(ReleaseSteps release, PreflightStep preflight, ServiceSteps service, StateSteps state) {
        return new Plan(
                KIND,
                List.of(
                        // Nobody notices anything up to here: the service works on.
                        new Step("stage", release::choose, release::stage, release::discard),
                        looking("inspect", release::inspectAndPublish),
                        looking("preflight", preflight::check),
                        new Step("precopy", state::nameSnapshot, state::precopy, state::dropSnapshot),
                        // The downtime begins.
                        new Step("hold", service::intendToStop, service::stop, service::bringBack),
                        new Step("snapshot", facts -> {}, state::snapshot, state::dropSnapshot),
                        new Step("migrate", state::intendToMigrate, state::migrate, state::takeBack),
                        looking("check", state::check),
                        new Step("activate", release::noteCurrent, release::activate, release::activatePrevious),
                        new Step("start", service::intendToStart, service::start, service::stopAgain),
                        // It ends with the first healthy answer.
                        looking("health", service::awaitHealth),
                        looking("verify", state::checkWhatTheStartMigrated)),
                List.of(
                        finishing("lift", service::liftHold),
                        finishing("keep", release::keep),
                        finishing("prove", state::settleSnapshot)));
    }
}
