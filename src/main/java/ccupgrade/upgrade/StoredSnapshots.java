package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.state.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The snapshots of a deployment by the names that a user gives. */
final class StoredSnapshots {

    private final Site site;

    StoredSnapshots(Site site) {
        this.site = site;
    }

    /** The oldest first. */
    List<Snapshot> all() throws Fault, IOException {
        return site.snapshots().list();
    }

    /** @throws Refused when there is no such snapshot */
    Snapshot named(String id) throws Fault, IOException {
        return named(List.of(id)).get(0);
    }

    /** @throws Refused when there is no such snapshot */
    List<Snapshot> named(List<String> ids) throws Fault, IOException {
        List<Snapshot> all = all();
        List<Snapshot> found = new ArrayList<>();
        for (String id : ids) {
            found.add(all.stream()
                    .filter(snapshot -> snapshot.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> unknown(id, all)));
        }
        return found;
    }

    private Refused unknown(String id, List<Snapshot> all) {
        return new Refused(
                "cannot find snapshot " + id + " in "
                        + site.nameOf(site.deployment().snapshots()),
                all.isEmpty()
                        ? "there is none; to take one: ccupgrade snapshot create"
                        : "name one of these: " + all.stream().map(Snapshot::id).collect(Collectors.joining(", ")));
    }
}
