/**
 * What can go wrong, named by whose turn it is to act. Every package may throw these; only {@code Main} turns them into an exit code.
 *
 * <p>A message is lower case, names the thing and the number, and does not repeat what its cause says. What to do next is kept apart
 * from it, so that it is printed once, at the end, whichever layer knew it. This package knows nobody.
 */
@NullMarked
package ccupgrade.fault;

import org.jspecify.annotations.NullMarked;
