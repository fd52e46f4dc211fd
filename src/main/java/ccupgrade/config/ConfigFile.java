package ccupgrade.config;

import ccupgrade.fault.Misuse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Reads {@code ccupgrade.toml}. All that is wrong in it is told at once, each with its line and key. */
public final class ConfigFile {

    /** What somebody writes by hand is a few kilobytes; more is another file under this name. */
    private static final int MAX_BYTES = 1 << 20;

    private ConfigFile() {}

    /** The deployment in a directory. One without {@code ccupgrade.toml} has the defaults: a plain jar needs no file. */
    public static Deployment load(Path home) throws Misuse {
        Path absolute = home.toAbsolutePath().normalize();
        Path file = absolute.resolve(Deployment.CONFIG_FILE);
        // A dangling link is a mistake to tell, not a deployment without a file.
        boolean absent = Files.notExists(file) && !Files.isSymbolicLink(file);
        return new Deployment(absolute, absent ? defaults(nameOf(absolute)) : read(file));
    }

    /** What a deployment has whose administrator wrote nothing. */
    public static Config defaults(String name) {
        return Profile.JAR.defaults(name);
    }

    /**
     * What a deployment has whose administrator wrote nothing but its profile.
     *
     * @throws Misuse when there is no such profile
     */
    public static Config defaults(String name, String profile) throws Misuse {
        return Profile.of(profile)
                .orElseThrow(() -> new Misuse(
                        "cannot use profile \"" + profile + "\": it is not known",
                        "choose one of these: " + Profile.keys()))
                .defaults(name);
    }

    /** The name of a deployment that was given none: its directory's. */
    public static String nameOf(Path home) {
        Path last = home.toAbsolutePath().normalize().getFileName();
        String name = last == null
                ? ""
                : Problems.UNPRINTABLE.matcher(last.toString()).replaceAll("-");
        return ConfigReader.isName(name) ? name : "service";
    }

    /** Reads a file that must exist. Its directory's name stands in for a {@code name} that is not given. */
    public static Config read(Path file) throws Misuse {
        Problems problems = new Problems();
        Config config = parse(file, text(file), problems);
        if (!problems.isEmpty()) {
            throw problems.misuse(file);
        }
        return config;
    }

    private static Config parse(Path file, String text, Problems problems) {
        TomlNode.Table toml = PlainToml.read(text).orElseGet(() -> AnyToml.read(text, problems));
        Path home = homeOf(file);
        String name = nameOf(home);
        if (!problems.isEmpty()) {
            // What stands after a syntax error is half understood: checking it would report mistakes that are none.
            return defaults(name);
        }
        return new ConfigReader(toml, home, problems).read(name);
    }

    private static Path homeOf(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        return parent == null ? absolute : parent;
    }

    private static String text(Path file) throws Misuse {
        try {
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new Misuse("cannot use " + file + ": it is a directory", null);
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new Misuse("cannot use " + file + ": it is larger than " + MAX_BYTES + " bytes", null);
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            // Some editors begin a UTF-8 file with a byte order mark, which TOML does not know.
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new Misuse("cannot use " + file + ": it is not UTF-8 text", "save it as UTF-8", e);
        } catch (IOException e) {
            throw new Misuse("cannot read " + file, null, e);
        }
    }
}
