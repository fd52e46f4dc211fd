/**
 * The benchmark: how long a service is away for a copy by hand and for ccupgrade, and what else an upgrade costs. {@code scripts/bench} runs
 * it, {@code docs/performance.md} tells what is measured and how.
 *
 * <p>{@link ccupgrade.bench.Downtime}, {@link ccupgrade.bench.Copying} and {@link ccupgrade.bench.Startup} are the experiments. They use
 * only what anybody could: the command line, the health address, {@code /proc}, {@code cp}, {@code dd} and {@code sqlite3}. What they saw
 * goes to {@link ccupgrade.bench.Results}, every sample of it, and {@link ccupgrade.bench.Report} makes the tables from that.
 */
package ccupgrade.bench;
