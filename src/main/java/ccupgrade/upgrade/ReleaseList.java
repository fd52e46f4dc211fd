package ccupgrade.upgrade;

import java.util.List;

/**
 * The stored releases.
 *
 * @param releases the newest first
 * @param problems what could not be found out, and why; a line each
 */
public record ReleaseList(List<ListedRelease> releases, List<String> problems) {

    public ReleaseList {
        releases = List.copyOf(releases);
        problems = List.copyOf(problems);
    }
}
