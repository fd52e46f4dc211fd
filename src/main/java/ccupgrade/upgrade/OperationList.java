package ccupgrade.upgrade;

import ccupgrade.ledger.OperationEntry;
import java.util.List;

/**
 * The newest operations.
 *
 * @param operations the newest first; without steps and rows
 * @param problems what could not be found out, and why; a line each
 */
public record OperationList(List<OperationEntry> operations, List<String> problems) {

    public OperationList {
        operations = List.copyOf(operations);
        problems = List.copyOf(problems);
    }
}
