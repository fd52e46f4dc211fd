/**
 * The fault sweep: a real ccupgrade, on a real service that writes rows, is killed at every call that changes a file, or gets an error from
 * it; then it must be possible to go on from exactly the old or exactly the new. {@code scripts/faults} runs all of it, {@link
 * ccupgrade.faults.FaultSweepIT} a sample chosen by rule; {@code docs/reliability.md} tells what it can't see.
 *
 * <p>From top to bottom: {@link ccupgrade.faults.Sweep} walks over the points of each {@link ccupgrade.faults.Scenario}, {@link
 * ccupgrade.faults.Trial} tries one, {@link ccupgrade.faults.Oracle} judges, {@link ccupgrade.faults.Sandbox} is the deployment that it
 * happens to, by a {@link ccupgrade.faults.Command}, and {@link ccupgrade.faults.Bench} the place where all of them lie. The faults themselves come from {@code src/faults/shim.c}.
 */
package ccupgrade.faults;
