package ccupgrade.service;

import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An account of this machine, as {@code getent} knows it, so that those of a directory service count too. */
record Account(String name, int uid, int gid, String home, String shell) {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** @param name or number, as in {@code User=} */
    static Account find(String name, Launcher launcher, Path directory) throws Fault, InterruptedException {
        Capture.Answer answer =
                new Capture(launcher).run(List.of("getent", "passwd", name), directory, Map.of(), PATIENCE);
        String[] fields = answer.output().lines().findFirst().orElse("").split(":", -1);
        if (answer.timedOut()
                || answer.exitCode() != 0
                || fields.length < 7
                || !fields[2].matches("\\d{1,9}")
                || !fields[3].matches("\\d{1,9}")) {
            throw new Refused(
                    "cannot find the account " + name + " that the service runs as",
                    "getent passwd " + name + "; then correct User= of the unit, or user in [service]");
        }
        return new Account(fields[0], Integer.parseInt(fields[2]), Integer.parseInt(fields[3]), fields[5], fields[6]);
    }

    private static int ownUid() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    boolean isOurs() throws IOException {
        return uid == ownUid();
    }

    /**
     * What precedes a command that it is to run.
     *
     * @param group null: the account's own
     * @throws Refused when ccupgrade may not, or there is nothing to do it with
     */
    List<String> prefix(@Nullable String group, Map<String, String> environment) throws Refused, IOException {
        if (ownUid() != 0) {
            throw new Refused(
                    Words.format(
                            "cannot migrate as the service's user %s: ccupgrade does not run as root, and what another user"
                                    + " makes may lock the service out",
                            name),
                    "run ccupgrade as root or as " + name);
        }
        if (Launcher.onPath("runuser", environment).isPresent()) {
            List<String> prefix = new ArrayList<>(List.of("runuser", "-u", name));
            if (group != null) {
                prefix.addAll(List.of("-g", group));
            }
            prefix.add("--");
            return prefix;
        }
        if (Launcher.onPath("setpriv", environment).isPresent()) {
            return List.of(
                    "setpriv",
                    "--reuid",
                    name,
                    "--regid",
                    group == null ? String.valueOf(gid) : group,
                    "--init-groups");
        }
        throw new Refused(
                "cannot migrate as the service's user " + name + ": there is neither runuser nor setpriv in PATH",
                "install util-linux");
    }

    /** What systemd sets for a unit that names a user. */
    Map<String, String> environment() {
        return Map.of("HOME", home, "LOGNAME", name, "USER", name, "SHELL", shell);
    }
}
