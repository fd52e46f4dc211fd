/**
 * What an upgrade is: the plans of the operations and the steps they are made of. {@link ccupgrade.upgrade.InstallPlan} is the story of an
 * install on one screen; {@link ccupgrade.upgrade.RollbackPlan} that of a rollback.
 *
 * <p>This package alone combines releases, state and service, which do not know each other. {@link ccupgrade.upgrade.Upgrades} is what
 * the command line calls to change something, {@code Operations} lets one of them happen at a time, and {@link ccupgrade.upgrade.Overview} is
 * what it calls to look. Steps tell each other everything
 * through the facts that the journal keeps, so that recovery, in another process, runs the very same undos.
 */
@NullMarked
package ccupgrade.upgrade;

import org.jspecify.annotations.NullMarked;
