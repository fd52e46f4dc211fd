package ccupgrade.service;

import ccupgrade.config.Config.Manager;
import ccupgrade.config.Deployment;
import ccupgrade.disk.Disk;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Keeps everybody but ccupgrade from starting the service while its state is between two versions: a service manager after a crash of the
 * service or a reboot, a colleague, a timer.
 *
 * <p>It is a file, durable, in one of two states, which are its two names. <em>Held</em>: nobody starts the service; systemd's unit
 * asserts that the file is absent, and a start command of the administrator's may look for it. <em>Watched</em>: the release and the
 * state fit together and the service may run, but the operation has not ended, so that after a reboot it is ended first. Between the two
 * lies one rename, which needs no space on a full disk.
 */
public final class Hold {

    private final Deployment deployment;
    private final Disk disk;
    private final Launcher launcher;
    private final Path root;

    Hold(Deployment deployment, Disk disk, Launcher launcher, Path root) {
        this.deployment = deployment;
        this.disk = disk;
        this.launcher = launcher;
        this.root = root;
    }

    /**
     * Sees that whoever manages the service will obey, and holds. Durable when it returns. To be called while the service still runs:
     * systemd may take a moment to read its units.
     *
     * @param reason for whoever finds the file; one line
     * @throws Failed when the manager could not be made to obey; nothing is held then
     */
    public void begin(String reason) throws Fault, IOException, InterruptedException {
        if (deployment.config().service().manager() == Manager.SYSTEMD) {
            SystemdUnits units = new SystemdUnits(deployment, disk, launcher, root);
            try {
                units.attend();
                units.enforce();
            } catch (IOException e) {
                throw new Failed("cannot keep systemd from starting the service meanwhile", "run ccupgrade as root", e);
            }
        }
        hold(reason);
    }

    /** Holds, from wherever things stand; a no-op when it does. */
    public void hold(String reason) throws IOException {
        if (isHeld()) {
            return;
        }
        if (isThere(deployment.watch())) {
            disk.move(deployment.watch(), deployment.hold());
        } else {
            disk.write(
                    deployment.hold(),
                    ("the service must not be started: " + reason + "\nsee: ccupgrade status\n")
                            .getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Lets the service be started, and stays until {@link #end}. A no-op when nothing is held. */
    public void watch() throws IOException {
        if (isHeld()) {
            disk.move(deployment.hold(), deployment.watch());
        }
    }

    /** The operation is over. A no-op when there is nothing to end. */
    public void end() throws IOException {
        if (isHeld()) {
            disk.delete(deployment.hold());
        }
        if (isThere(deployment.watch())) {
            disk.delete(deployment.watch());
        }
    }

    /** Whether nobody may start the service now. */
    public boolean isHeld() {
        return isThere(deployment.hold());
    }

    private static boolean isThere(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }
}
