/**
 * What nobody would write: every file that ccupgrade reads, damaged. Each test has fixed seeds; with {@code -Dfuzz.seconds=60} each goes on
 * with random ones for that long, and a failure names the seed to repeat it with as {@code -Dfuzz.seed=…}. {@code scripts/fuzz} does that.
 */
package ccupgrade.hostile;
