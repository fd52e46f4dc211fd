package ccupgrade.service;

import ccupgrade.config.Deployment;
import ccupgrade.disk.Disk;
import java.time.Clock;
import java.util.Map;

/** Makes the service that a deployment's configuration asks for. */
public final class Services {

    private Services() {}

    /** @param environment what ccupgrade itself was started with */
    public static Service of(
            Deployment deployment, Disk disk, Clock clock, Processes processes, Map<String, String> environment) {
        Launcher launcher = new Launcher(environment);
        return switch (deployment.config().service().manager()) {
            case PROCESS -> new ProcessSupervisor(deployment, disk, clock, processes, launcher);
            case SYSTEMD -> new SystemdService(deployment, processes, launcher);
            case COMMAND -> new CommandService(deployment, disk, launcher);
        };
    }
}
