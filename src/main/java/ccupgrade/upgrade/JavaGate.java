package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Inspection;
import ccupgrade.release.Release;
import ccupgrade.service.Java;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether the Java that the service is given is as new as a jar needs it. */
final class JavaGate {

    private final Site site;
    private final List<Finding> findings;

    /** @param findings where what is found is added */
    JavaGate(Site site, List<Finding> findings) {
        this.site = site;
        this.findings = findings;
    }

    /** What the current release needs. */
    void checkCurrent() throws Fault, IOException, InterruptedException {
        Optional<Release> current = site.releases().current();
        if (current.isPresent()) {
            Inspection inspection = site.inspector().look(current.get());
            if (inspection.needsJava()) {
                check(inspection);
            }
        }
    }

    void check(Inspection inspection) throws Fault, IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>(site.surroundings().environment());
        environment.putAll(site.config().service().environment());
        Java javas = new Java(site.surroundings().environment());
        Path java = javas.find(site.configuredJava(), environment);
        int version = javas.featureVersion(java);
        if (version < inspection.javaVersion()) {
            throw new Refused(
                    Words.format(
                            "cannot run %s with %s: it needs Java %d, and this is Java %d",
                            inspection.title(), java, inspection.javaVersion(), version),
                    Words.format("install Java %d and name it as java in [service]", inspection.javaVersion()));
        }
        findings.add(Finding.ok(
                "java", Words.format("%s is Java %d, %d is needed", java, version, inspection.javaVersion())));
    }
}
