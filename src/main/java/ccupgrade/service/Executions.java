package ccupgrade.service;

import ccupgrade.config.Config;
import ccupgrade.config.Config.Manager;
import ccupgrade.config.Deployment;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Misuse;
import ccupgrade.fault.Refused;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out how the service's processes run: from its unit where systemd is the manager, else from the configuration alone. */
final class Executions {

    private static final String PROPERTIES = "User,Group,DynamicUser,WorkingDirectory,Environment,EnvironmentFiles";
    private static final String MAY_BE_ABSENT = " (ignore_errors=yes)";
    private static final String MUST_BE_THERE = " (ignore_errors=no)";

    private final Deployment deployment;
    private final Launcher launcher;
    private final Config.Service config;

    Executions(Deployment deployment, Launcher launcher) {
        this.deployment = deployment;
        this.launcher = launcher;
        this.config = deployment.config().service();
    }

    /** @throws Refused when it cannot be done as the service's unit has it */
    Execution find() throws Fault, IOException, InterruptedException {
        return config.manager() == Manager.SYSTEMD ? ofUnit() : of(config.user(), null, "", Map.of());
    }

    private Execution ofUnit() throws Fault, IOException, InterruptedException {
        String unit = config.unit();
        if (unit == null) {
            throw new Misuse("cannot manage the service: unit is missing in [service]", "unit = \"NAME.service\"");
        }
        Map<String, String> shown = new Systemctl(launcher, deployment.home()).show(unit, PROPERTIES);
        String user = nullIfEmpty(shown.getOrDefault("User", ""));
        if (config.user() == null && shown.getOrDefault("DynamicUser", "").equals("yes")) {
            throw new Refused(
                    Words.format(
                            "cannot migrate as the service's user: %s has DynamicUser=yes, so that there is no such user"
                                    + " while the service is stopped",
                            unit),
                    "give the unit a user that stays: DynamicUser=no and User=NAME");
        }
        return of(
                user == null ? config.user() : user,
                nullIfEmpty(shown.getOrDefault("Group", "")),
                shown.getOrDefault("WorkingDirectory", ""),
                environment(unit, shown));
    }

    /** What the unit itself sets; nothing where there is none. */
    Map<String, String> environmentOfUnit() throws Fault, InterruptedException {
        String unit = config.unit();
        return config.manager() != Manager.SYSTEMD || unit == null
                ? Map.of()
                : environment(
                        unit, new Systemctl(launcher, deployment.home()).show(unit, "Environment,EnvironmentFiles"));
    }

    private Map<String, String> environment(String unit, Map<String, String> shown) throws Failed {
        Map<String, String> environment = new HashMap<>();
        for (String assignment : SystemdText.words(shown.getOrDefault("Environment", ""))) {
            int equals = assignment.indexOf('=');
            if (equals > 0) {
                environment.put(assignment.substring(0, equals), assignment.substring(equals + 1));
            }
        }
        for (String file : shown.getOrDefault("EnvironmentFiles", "").lines().toList()) {
            environment.putAll(assigned(unit, file));
        }
        return environment;
    }

    /** @param directory as systemd shows it: may be empty, may begin with {@code !}, and may be {@code ~} */
    private Execution of(@Nullable String user, @Nullable String group, String directory, Map<String, String> ofTheUnit)
            throws Fault, IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>();
        List<String> as = List.of();
        Account account = user == null ? null : Account.find(user, launcher, deployment.home());
        if (account != null && !account.isOurs()) {
            as = account.prefix(group, launcher.environment());
            environment.putAll(account.environment());
        }
        environment.putAll(ofTheUnit);
        environment.putAll(config.environment());
        return new Execution(account == null ? null : account.name(), as, directory(directory, account), environment);
    }

    /** Where the unit names none, systemd takes the root directory, to which no relative path of a service refers. */
    private Path directory(String shown, @Nullable Account account) throws Failed {
        boolean mayBeAbsent = shown.startsWith("!");
        String named = mayBeAbsent ? shown.substring(1) : shown;
        if (named.isEmpty()) {
            return deployment.home();
        }
        Path directory = named.equals("~") ? Path.of(account == null ? "/root" : account.home()) : Path.of(named);
        if (Files.isDirectory(directory)) {
            return directory;
        }
        if (mayBeAbsent) {
            return deployment.home();
        }
        throw new Failed(
                "cannot run anything in " + directory
                        + ", which is the unit's WorkingDirectory=: there is no such directory",
                null);
    }

    private Map<String, String> assigned(String unit, String shown) throws Failed {
        boolean mayBeAbsent = shown.endsWith(MAY_BE_ABSENT);
        String pattern = mayBeAbsent
                ? shown.substring(0, shown.length() - MAY_BE_ABSENT.length())
                : shown.endsWith(MUST_BE_THERE) ? shown.substring(0, shown.length() - MUST_BE_THERE.length()) : shown;
        Map<String, String> all = new HashMap<>();
        try {
            for (Path file : matching(Path.of(pattern))) {
                all.putAll(EnvironmentFile.parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            if (!mayBeAbsent) {
                throw new Failed(
                        "cannot read " + pattern + ", which is EnvironmentFile= of " + unit,
                        "the service could not be started either: put it there, or run ccupgrade as root",
                        e);
            }
        }
        return all;
    }

    private static List<Path> matching(Path pattern) throws IOException {
        Path directory = pattern.getParent();
        if (directory == null || pattern.toString().chars().noneMatch(c -> "*?[".indexOf(c) >= 0)) {
            return List.of(pattern);
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, String.valueOf(pattern.getFileName()))) {
            found.forEach(files::add);
        }
        files.sort(null);
        return files;
    }

    private static @Nullable String nullIfEmpty(String text) {
        return text.isEmpty() ? null : text;
    }
}
