package ccupgrade.upgrade;

import java.util.List;

/**
 * All snapshots, the newest first.
 *
 * @param problems what could not be found out about them, a sentence each
 */
public record SnapshotList(List<ListedSnapshot> snapshots, List<String> problems) {}
