/** Classes that break the rules of the house, one each, so that it is seen that the rules can be broken. Nobody uses them. */
@NullMarked
package ccupgrade.architecture.wrong;

import org.jspecify.annotations.NullMarked;
