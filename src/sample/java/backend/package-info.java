/**
 * A stand-in for ClusterCockpit's cc-backend, and no part of ccupgrade: programs with the surface that an upgrade meets, and nothing of what
 * cc-backend is for. Flags, exit codes, what {@code -version} prints, golang-migrate's table and the dirty version that it leaves, the
 * demands on {@code .env} and {@code config.json}, {@code version.txt}, readiness told to systemd, an archive migration that asks.
 *
 * <p>One set of classes becomes several releases, by what stands in {@code release.properties}.
 *
 * @see <a href="https://github.com/ClusterCockpit/cc-backend">cc-backend</a>
 */
package backend;
