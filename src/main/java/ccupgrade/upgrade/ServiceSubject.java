package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.release.Release;
import ccupgrade.service.Status;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whether what runs is what the link names. */
final class ServiceSubject implements Subject {

    private final Site site;

    ServiceSubject(Site site) {
        this.site = site;
    }

    @Override
    public List<Finding> findings() throws Fault, IOException, InterruptedException {
        Optional<Release> current = site.releases().current();
        if (current.isEmpty() || !(site.service().status() instanceof Status.Running running)) {
            return List.of();
        }
        Optional<Path> other = new RunningRelease(site).otherThan(current.get(), running);
        return other.isEmpty()
                ? List.of()
                : List.of(Finding.warning(
                        "service",
                        Words.format(
                                "it runs %s and not the current release %s",
                                site.nameOf(other.get()), current.get().label()),
                        "ccupgrade stop, then ccupgrade start"));
    }
}
