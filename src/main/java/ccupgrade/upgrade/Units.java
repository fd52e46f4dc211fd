package ccupgrade.upgrade;

import ccupgrade.saga.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The systemd unit that runs a program in a directory, going by what unit files say. Drop-ins and templates are not looked at.
 *
 * @param unit null when none was found, or several
 * @param file null likewise
 * @param notes a line each
 */
record Units(@Nullable String unit, @Nullable Path file, List<String> notes) {

    /** A line that ends in a backslash goes on in the next. */
    private static final Pattern CONTINUATION = Pattern.compile("\\\\\\R");

    private static final Pattern SETTING = Pattern.compile("\\s*(?:ExecStart|WorkingDirectory)\\s*=(.*)");

    /** A unit that runs ccupgrade itself, at boot for example, is not the service. */
    private static final Pattern OURS = Pattern.compile("\\s*ExecStart\\s*=[-@:+!|]*(?:\\S*/)?ccupgrade(?:\\s.*)?");

    /** @param directories a unit in an earlier one hides that of the same name in a later one, as for systemd */
    static Units mentioning(Path home, List<Path> directories) {
        List<String> notes = new ArrayList<>();
        Map<String, Path> units = new TreeMap<>();
        if (home.getNameCount() > 0) {
            Pattern mention = mention(home, notes);
            for (Path directory : directories) {
                for (Path file : files(directory, notes)) {
                    units.putIfAbsent(String.valueOf(file.getFileName()), file);
                }
            }
            units.values().removeIf(file -> !mentions(file, mention, notes));
        }
        if (units.size() > 1) {
            notes.add("several units of systemd mention this directory: " + String.join(", ", units.keySet())
                    + "; name the service's as unit in [service], with manager = \"systemd\"");
        }
        if (units.size() != 1) {
            return new Units(null, null, List.copyOf(notes));
        }
        Map.Entry<String, Path> only = units.entrySet().iterator().next();
        return new Units(only.getKey(), only.getValue(), List.copyOf(notes));
    }

    /**
     * What the unit's file says for a key, the last time that it does; drop-ins are not looked at.
     *
     * @return empty when there is no unit, or it doesn't say it
     */
    Optional<String> setting(String key) throws IOException {
        if (file == null) {
            return Optional.empty();
        }
        String value = null;
        for (String line : lines(file)) {
            int equals = line.indexOf('=');
            if (equals > 0 && line.substring(0, equals).strip().equals(key)) {
                value = line.substring(equals + 1).strip();
            }
        }
        return Optional.ofNullable(value).filter(text -> !text.isEmpty());
    }

    private static List<String> lines(Path file) throws IOException {
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return CONTINUATION.matcher(text).replaceAll(" ").lines().toList();
    }

    /** The directory itself or something in it, by the name that was given or by the real one; not {@code /srv/jobs2}. */
    private static Pattern mention(Path home, List<String> notes) {
        String names = Pattern.quote(home.toString());
        try {
            names += "|" + Pattern.quote(home.toRealPath().toString());
        } catch (IOException e) {
            notes.add(Failure.messageOf(e));
        }
        return Pattern.compile("(?:^|[\\s\"'=:;-])(?:" + names + ")(?:$|[/\\s\"':;])");
    }

    private static List<Path> files(Path directory, List<String> notes) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".service")
                            && !file.toString().endsWith("@.service")
                            && !String.valueOf(file.getFileName()).startsWith("ccupgrade-")
                            && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            notes.add("units of systemd not looked at: " + Failure.messageOf(e));
            return List.of();
        }
    }

    private static boolean mentions(Path file, Pattern home, List<String> notes) {
        List<String> lines;
        try {
            lines = lines(file);
        } catch (IOException e) {
            notes.add("unit of systemd not looked at: " + Failure.messageOf(e));
            return false;
        }
        return lines.stream().noneMatch(line -> OURS.matcher(line).matches())
                && lines.stream()
                        .map(SETTING::matcher)
                        .anyMatch(setting -> setting.matches()
                                && home.matcher(setting.group(1)).find());
    }
}
