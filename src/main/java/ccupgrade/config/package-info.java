/**
 * What the administrator wrote in {@code ccupgrade.toml}, checked and completed by the defaults of a profile, and the paths of a
 * deployment that follow from it. A leaf: it knows only {@link ccupgrade.fault}.
 */
@NullMarked
package ccupgrade.config;

import org.jspecify.annotations.NullMarked;
