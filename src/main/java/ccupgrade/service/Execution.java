package ccupgrade.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * As whom, where and with what the service's processes run, and so those of its migrations: what they make belongs to the service then,
 * and what they are told means the same.
 *
 * @param account null where that is whoever asks
 * @param as what precedes a command, so that it is that account's; empty where it is so without
 * @param directory absolute
 * @param environment added to what ccupgrade itself was started with
 */
public record Execution(@Nullable String account, List<String> as, Path directory, Map<String, String> environment) {

    public Execution {
        as = List.copyOf(as);
        environment = Map.copyOf(environment);
    }

    /** The same command, by the right account. */
    public List<String> command(List<String> argv) {
        List<String> all = new ArrayList<>(as);
        all.addAll(argv);
        return all;
    }
}
