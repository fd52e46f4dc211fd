/** How quantities are worded, in messages and in tables. A leaf: it knows nobody, and everybody may use it. */
@NullMarked
package ccupgrade.words;

import org.jspecify.annotations.NullMarked;
