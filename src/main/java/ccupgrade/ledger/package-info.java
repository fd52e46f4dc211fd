/**
 * The history of a deployment across its operations, kept in an SQLite database of ccupgrade's own, whose schema Flyway migrates.
 *
 * <p>The ledger is a convenience. The truth about an operation is its journal; the ledger is filled from it when the operation has ended,
 * and can be filled again at any time: no safety hangs on it, and nothing here is asked when an operation is taken back. This is why a
 * damaged ledger is answered with "delete it" and never with a repair.
 *
 * <p>Commands that need no history never load a class of this package, for the sake of their start-up; and Flyway is loaded only when
 * the schema is not at its newest. Knows {@link ccupgrade.disk} at most, and {@link ccupgrade.fault}.
 */
@NullMarked
package ccupgrade.ledger;

import org.jspecify.annotations.NullMarked;
