/** The only package in here that keeps every rule. */
@NullMarked
package ccupgrade.architecture.wrong.cli;

import org.jspecify.annotations.NullMarked;
