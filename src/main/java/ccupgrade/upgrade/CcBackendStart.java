package ccupgrade.upgrade;

import ccupgrade.fault.Failed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a cc-backend is started, going by its unit.
 *
 * @param link through which, relative to the home where it lies in it
 * @param configFile as given to {@code -config}, relative to the home
 * @param hasUser whether the unit says who it runs as
 * @param notes a line each
 */
record CcBackendStart(String link, String configFile, boolean hasUser, List<String> notes) {

    private static final String LINK = "cc-backend";

    private static final String CONFIG_FILE = "config.json";

    /** What systemd allows before the program's path. */
    private static final Pattern PREFIX = Pattern.compile("^[-@:+!|]+");

    private static final Pattern CONFIG = Pattern.compile("(?:^|\\s)--?config[\\s=]\"?([^\\s\"]+)");

    static CcBackendStart of(Path home, Units units) throws Failed {
        List<String> notes = new ArrayList<>();
        try {
            Optional<String> start = units.setting("ExecStart");
            Optional<String> directory = units.setting("WorkingDirectory");
            if (directory.isPresent() && !isSame(home, directory.get())) {
                notes.add("the unit's WorkingDirectory is " + directory.get()
                        + ": paths in config.json are relative to that, and ccupgrade.toml should lie there");
            }
            String link = LINK;
            String configFile = CONFIG_FILE;
            if (start.isPresent()) {
                String line = PREFIX.matcher(start.get()).replaceFirst("");
                Path program = Path.of(line.split("\\s+", 2)[0].replace("\"", ""));
                if (isIn(home, program)) {
                    link = relative(home, program);
                } else {
                    notes.add("the unit starts " + program
                            + ", which is not in this directory: name the link that is started as"
                            + " link in [releases]");
                }
                Matcher config = CONFIG.matcher(line);
                if (config.find()) {
                    configFile = relative(home, Path.of(config.group(1)));
                }
            }
            return new CcBackendStart(link, configFile, units.setting("User").isPresent(), List.copyOf(notes));
        } catch (IOException e) {
            throw new Failed("cannot read the unit " + units.unit(), "run ccupgrade as a user who may", e);
        }
    }

    /** For who starts it without a unit. */
    List<String> serviceArgs() {
        return List.of("-config", configFile, "-server");
    }

    /** Empty where the profile's own do. */
    List<String> migrationArgs() {
        return configFile.equals(CONFIG_FILE) ? List.of() : List.of("-config", configFile, "-migrate-db");
    }

    private static boolean isSame(Path home, String directory) throws IOException {
        Path given = Path.of(directory.replaceFirst("^-", "")).normalize();
        return given.equals(home) || given.equals(home.toRealPath());
    }

    private static boolean isIn(Path home, Path program) throws IOException {
        Path absolute = home.resolve(program).normalize();
        return absolute.startsWith(home) || absolute.startsWith(home.toRealPath());
    }

    private static String relative(Path home, Path file) throws IOException {
        Path absolute = home.resolve(file).normalize();
        for (Path from : List.of(home, home.toRealPath())) {
            if (absolute.startsWith(from)) {
                return from.relativize(absolute).toString();
            }
        }
        return absolute.toString();
    }
}
