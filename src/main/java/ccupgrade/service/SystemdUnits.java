package ccupgrade.service;

import ccupgrade.config.Deployment;
import ccupgrade.disk.Disk;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Misuse;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What ccupgrade adds to systemd: a drop-in by which the service's unit refuses to start while a {@linkplain Hold hold} is there, and a
 * unit that recovers after a reboot, before the service starts.
 *
 * <p>The drop-in asserts and does not make a condition, so that a colleague's {@code systemctl start} fails and says why. It states no
 * alternative (no {@code |}), because systemd would take the alternatives of all drop-ins together, and one from elsewhere could lift
 * the hold. See {@code systemd.unit(5)}, "Conditions and Asserts".
 */
public final class SystemdUnits {

    private static final String DROP_IN = "50-ccupgrade.conf";

    /** Of another name than the lasting one, which would hide it otherwise. */
    private static final String DROP_IN_UNTIL_REBOOT = "50-ccupgrade-until-reboot.conf";

    /** Its program as {@link #argument} spells it, or an administrator: only one without spaces is looked at. */
    private static final Pattern EXEC_START = Pattern.compile("(?m)^ExecStart=(/[A-Za-z0-9_./+,-]+)(?:\\s|$)");

    private final Deployment deployment;
    private final Disk disk;
    private final Systemctl systemctl;
    private final Path etc;
    private final Path run;
    private final String unit;

    SystemdUnits(Deployment deployment, Disk disk, Launcher launcher, Path root) throws Misuse {
        this.deployment = deployment;
        this.disk = disk;
        this.systemctl = new Systemctl(launcher, deployment.home());
        this.etc = root.resolve("etc/systemd/system");
        this.run = root.resolve("run");
        String named = deployment.config().service().unit();
        if (named == null) {
            throw new Misuse("cannot manage the service: unit is missing in [service]", "unit = \"NAME.service\"");
        }
        if (deployment.home().toString().chars().anyMatch(Character::isISOControl)) {
            throw new Misuse(
                    "cannot name the home in a unit of systemd: there is a control character in its path", null);
        }
        this.unit = named.endsWith(".service") ? named : named + ".service";
    }

    /** The unit that recovers. */
    public String recoveryUnit() {
        return "ccupgrade-recover-"
                + unit.substring(0, unit.length() - ".service".length()).replace('@', '-') + ".service";
    }

    /**
     * Says that since the last boot ccupgrade has been here: whatever is interrupted from now on is for the next command to end, and
     * starting the service starts no recovery. A reboot forgets it.
     */
    void attend() throws IOException {
        disk.createDirectories(run.resolve("ccupgrade"));
        disk.write(attended(), new byte[0]);
    }

    private Path attended() {
        return run.resolve("ccupgrade").resolve(unit + ".attended");
    }

    /**
     * Sees that the unit refuses to start while the hold is there. Where {@link #install} was never called, what it takes is put in
     * place until the next reboot.
     *
     * @throws Failed when systemd does not take the drop-in; the hold would hold nobody
     */
    void enforce() throws Fault, IOException, InterruptedException {
        if (inForce()) {
            return;
        }
        if (!lasts()) {
            Path directory = run.resolve("systemd/system").resolve(unit + ".d");
            disk.createDirectories(directory);
            disk.write(
                    directory.resolve(DROP_IN_UNTIL_REBOOT),
                    ("[Unit]\n" + assertion()).getBytes(StandardCharsets.UTF_8));
        }
        systemctl.reload();
        if (!inForce()) {
            throw new Failed(
                    Words.format("cannot keep systemd from starting %s: it does not read its drop-ins", unit),
                    "systemctl cat " + unit);
        }
    }

    /** Whether systemd itself, and not only the file system, knows one of our drop-ins as it has to be. */
    private boolean inForce() throws Fault, IOException, InterruptedException {
        Map<String, String> shown = systemctl.show(unit, "DropInPaths,NeedDaemonReload");
        if (!shown.getOrDefault("NeedDaemonReload", "").equals("no")) {
            return false;
        }
        for (String path : shown.getOrDefault("DropInPaths", "").split(" ", -1)) {
            boolean ours = path.endsWith("/" + DROP_IN) || path.endsWith("/" + DROP_IN_UNTIL_REBOOT);
            if (ours && read(Path.of(path)).contains(assertion())) {
                return true;
            }
        }
        return false;
    }

    private boolean lasts() throws IOException {
        return read(dropIn()).equals(dropInText());
    }

    /** What of the units for a reboot is not there, or not as it has to be: paths, none when all is well. */
    public List<Path> missing() throws IOException {
        List<Path> missing = new ArrayList<>();
        if (!lasts()) {
            missing.add(dropIn());
        }
        // Whoever has moved ccupgrade, or edited the command, is not to be told that it is missing.
        String there = read(recovery());
        if (!there.contains(conditions()) || !there.contains("ExecStart=")) {
            missing.add(recovery());
        }
        return missing;
    }

    /** What the recovery of a reboot would call, and is not there to be called; ccupgrade may have been moved or removed since. */
    public Optional<Path> missingCommand() throws IOException {
        Matcher command = EXEC_START.matcher(read(recovery()));
        return command.find()
                ? Optional.of(Path.of(command.group(1))).filter(program -> !Files.isExecutable(program))
                : Optional.empty();
    }

    /**
     * Writes both units and makes systemd read them. May be repeated.
     *
     * @param command how ccupgrade is called
     * @return the files that are there now
     */
    public List<Path> install(List<String> command) throws Fault, InterruptedException {
        try {
            systemctl.show(unit, "ActiveState");
            disk.createDirectories(etc.resolve(unit + ".d"));
            disk.write(recovery(), recoveryText(command).getBytes(StandardCharsets.UTF_8));
            disk.write(dropIn(), dropInText().getBytes(StandardCharsets.UTF_8));
            systemctl.reload();
            if (!inForce()) {
                throw new Failed(
                        Words.format("cannot keep systemd from starting %s: it does not read %s", unit, dropIn()),
                        "systemctl cat " + unit);
            }
            return List.of(recovery(), dropIn());
        } catch (IOException e) {
            throw new Failed("cannot install the units in " + etc, "run ccupgrade as root", e);
        }
    }

    private Path dropIn() {
        return etc.resolve(unit + ".d").resolve(DROP_IN);
    }

    private Path recovery() {
        return etc.resolve(recoveryUnit());
    }

    private String dropInText() {
        return Words.format("""
                # Written by ccupgrade init --systemd.
                # Recovery comes before the service, and without it the service does not start on a state between two versions.
                [Unit]
                Wants=%s
                After=%s
                %s""", recoveryUnit(), recoveryUnit(), assertion());
    }

    private String assertion() {
        return "AssertPathExists=!" + specifiers(deployment.hold()) + "\n";
    }

    private String conditions() {
        return Words.format(
                """
                RequiresMountsFor=%s
                ConditionPathExists=|%s
                ConditionPathExists=|%s
                ConditionPathExists=!%s
                """,
                quoted(deployment.home().toString()),
                specifiers(deployment.hold()),
                specifiers(deployment.watch()),
                specifiers(attended()));
    }

    private String recoveryText(List<String> command) {
        List<String> argv = new ArrayList<>(command);
        argv.addAll(List.of("-C", deployment.home().toString(), "recover", "--boot"));
        return Words.format(
                """
                # Written by ccupgrade init --systemd.
                [Unit]
                Description=End an interrupted upgrade before %s starts
                Before=%s
                %s
                [Service]
                Type=oneshot
                # A large snapshot takes its time to be put back.
                TimeoutStartSec=infinity
                # 6: another ccupgrade is at work; the hold keeps the service from starting meanwhile.
                SuccessExitStatus=6
                ExecStart=%s
                """,
                unit,
                unit,
                conditions(),
                argv.stream().map(SystemdUnits::argument).collect(Collectors.joining(" ")));
    }

    /** {@code %} begins a specifier everywhere in a unit file. */
    private static String specifiers(Path path) {
        return path.toString().replace("%", "%%");
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%") + '"';
    }

    /** In a command line, {@code $} begins a variable as well. */
    private static String argument(String text) {
        return text.matches("[A-Za-z0-9_./=:+,-]+") ? text : quoted(text).replace("$", "$$");
    }

    private static String read(Path file) throws IOException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
