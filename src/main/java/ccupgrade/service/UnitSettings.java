package ccupgrade.service;

import ccupgrade.config.Config;
import ccupgrade.config.Deployment;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Misuse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What systemd has read of a unit, its drop-ins included.
 *
 * @param commands of {@code ExecStart=}
 * @param directory {@code WorkingDirectory=}; empty where it is not set
 * @param user {@code User=}; empty where it is not set
 * @param files the unit's file and its drop-ins, in the order in which they are read
 * @param stale whether one of them was changed since
 * @param restart {@code no}, {@code on-failure}, {@code always}…
 * @param restartAfter the pause before it; null where systemd does not tell
 * @param starts how many starts systemd allows within {@code startsWithin}; 0: any number
 */
public record UnitSettings(
        String unit,
        List<Command> commands,
        String directory,
        String user,
        List<Path> files,
        boolean stale,
        String restart,
        @Nullable Duration restartAfter,
        long starts,
        @Nullable Duration startsWithin) {

    private static final String PROPERTIES =
            "ExecStart,WorkingDirectory,User,FragmentPath,DropInPaths,NeedDaemonReload,Restart,RestartUSec,StartLimitBurst,StartLimitIntervalUSec";

    private static final Pattern COMMAND =
            Pattern.compile("\\{ path=(.*?) ; argv\\[]=(.*?) ; (?:ignore_errors|flags)=");

    public UnitSettings {
        commands = List.copyOf(commands);
        files = List.copyOf(files);
    }

    /**
     * One command.
     *
     * @param line the program and its arguments with blanks between them, as systemd shows them
     */
    public record Command(Path program, String line) {}

    static UnitSettings read(Deployment deployment, Launcher launcher) throws Fault, InterruptedException {
        Config.Service config = deployment.config().service();
        String unit = config.unit();
        if (unit == null) {
            throw new Misuse("cannot manage the service: unit is missing in [service]", "unit = \"NAME.service\"");
        }
        return of(unit, new Systemctl(launcher, deployment.home()).show(unit, PROPERTIES));
    }

    private static UnitSettings of(String unit, Map<String, String> shown) {
        List<Command> commands = new ArrayList<>();
        Matcher command = COMMAND.matcher(shown.getOrDefault("ExecStart", ""));
        while (command.find()) {
            commands.add(new Command(Path.of(command.group(1)), command.group(2)));
        }
        List<Path> files = Stream.concat(
                        Stream.of(shown.getOrDefault("FragmentPath", "")),
                        SystemdText.words(shown.getOrDefault("DropInPaths", "")).stream())
                .filter(file -> !file.isEmpty())
                .map(Path::of)
                .toList();
        String burst = shown.getOrDefault("StartLimitBurst", "");
        Optional<Duration> within = SystemdText.span(shown.getOrDefault("StartLimitIntervalUSec", ""))
                .filter(span -> !span.isZero());
        return new UnitSettings(
                unit,
                commands,
                shown.getOrDefault("WorkingDirectory", ""),
                shown.getOrDefault("User", ""),
                files,
                shown.getOrDefault("NeedDaemonReload", "").equals("yes"),
                shown.getOrDefault("Restart", "no"),
                SystemdText.span(shown.getOrDefault("RestartUSec", "")).orElse(null),
                within.isPresent() && burst.matches("\\d{1,9}") ? Long.parseLong(burst) : 0,
                within.orElse(null));
    }
}
