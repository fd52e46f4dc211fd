package ccupgrade.ledger;

import org.jspecify.annotations.Nullable;

/**
 * How many rows one table had.
 *
 * @param before null when the table was not there, or was not counted
 * @param after likewise
 */
public record RowEntry(
        String database,
        String table,
        @Nullable Long before,
        @Nullable Long after) {}
