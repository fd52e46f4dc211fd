package ccupgrade.upgrade;

import ccupgrade.saga.Failure;
import ccupgrade.upgrade.DeploymentStatus.OpenOperation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The file of figures that node_exporter reads, where one is configured. For who holds the deployment's lock. */
final class Textfile {

    private final Site site;

    Textfile(Site site) {
        this.site = site;
    }

    /**
     * Replaces it. Never fails: no figure is worth an operation.
     *
     * @param open what has begun and not ended; null when nothing is
     * @return what went wrong; empty when nothing did
     */
    Optional<String> write(@Nullable OpenOperation open) {
        String name = site.config().monitoring().textfile();
        if (name == null) {
            return Optional.empty();
        }
        Path file = site.deployment().home().resolve(name);
        try {
            List<Metric> metrics = new Figures(site, new ArrayList<>()).of(open);
            site.disk().write(file, Exposition.of(metrics).getBytes(StandardCharsets.UTF_8));
            // Whatever the umask is: the collector is somebody else.
            site.disk().setPermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.of("cannot write the metrics to " + file + ": " + Failure.messageOf(e));
        }
    }
}
