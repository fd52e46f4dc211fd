package ccupgrade.service;

import ccupgrade.config.Deployment;
import ccupgrade.disk.Disk;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Misuse;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** Makes the service that a deployment's configuration asks for. */
public final class Services {

    private Services() {}

    /**
     * What keeps others from starting it.
     *
     * @param root where {@code /etc} and {@code /run} are
     */
    public static Hold hold(Deployment deployment, Disk disk, Map<String, String> environment, Path root) {
        return new Hold(deployment, disk, new Launcher(environment), root);
    }

    /** What ccupgrade adds to systemd; for a deployment that systemd manages. */
    public static SystemdUnits units(Deployment deployment, Disk disk, Map<String, String> environment, Path root)
            throws Misuse {
        return new SystemdUnits(deployment, disk, new Launcher(environment), root);
    }

    /**
     * How the service's processes run.
     *
     * @param environment what ccupgrade itself was started with
     * @throws Refused when what ccupgrade starts could not run in the same way
     */
    public static Execution execution(Deployment deployment, Map<String, String> environment)
            throws Fault, IOException, InterruptedException {
        return new Executions(deployment, new Launcher(environment)).find();
    }

    /**
     * What the service's unit adds to the environment, by {@code Environment=} and {@code EnvironmentFile=}; nothing where systemd does not
     * manage it.
     *
     * @param environment what ccupgrade itself was started with
     */
    public static Map<String, String> environmentOfUnit(Deployment deployment, Map<String, String> environment)
            throws Fault, InterruptedException {
        return new Executions(deployment, new Launcher(environment)).environmentOfUnit();
    }

    /**
     * What systemd has read of the service's unit; for a deployment that it manages.
     *
     * @param environment what ccupgrade itself was started with
     */
    public static UnitSettings unitSettings(Deployment deployment, Map<String, String> environment)
            throws Fault, InterruptedException {
        return UnitSettings.read(deployment, new Launcher(environment));
    }

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
