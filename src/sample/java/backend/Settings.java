package backend;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What {@code .env} and {@code config.json} in the working directory say, with the demands of the release's generation.
 *
 * @param address host and port
 * @param archive directory of the job archive
 */
record Settings(String address, Path database, Path archive, Map<String, String> environment) {

    private static final Set<String> OLD_KEYS = Set.of(
            "addr",
            "user",
            "group",
            "db",
            "archive",
            "clusters",
            "jwts",
            "https-cert-file",
            "https-key-file",
            "validate");

    private static final Set<String> MAIN_KEYS =
            Set.of("addr", "user", "group", "db", "api-allowed-ips", "https-cert-file", "https-key-file", "validate");

    static Settings read(Release release, Path file) throws IOException, Failure {
        Map<String, String> environment = environment(release);
        JsonObject json = json(release, file);
        JsonObject main = release.hasSections() ? section(json, "main") : json;
        if (release.hasSections()) {
            if (main == null) {
                throw new Failure("main configuration must be present");
            }
            known(main, MAIN_KEYS);
            need(main, "api-allowed-ips");
        } else if (Files.exists(file)) {
            known(main, release.database() >= 8 ? with(OLD_KEYS, "apiAllowedIPs") : OLD_KEYS);
            need(main, "clusters");
            need(main, "jwts");
            if (release.database() >= 8) {
                need(main, "apiAllowedIPs");
            }
        }
        JsonObject archive = section(json, "archive");
        return new Settings(
                text(main, "addr", "localhost:8080"),
                Path.of(text(main, "db", "./var/job.db")),
                Path.of(archive == null ? "./var/job-archive" : text(archive, "path", "./var/job-archive")),
                environment);
    }

    private static Map<String, String> environment(Release release) throws IOException, Failure {
        Map<String, String> environment = new HashMap<>();
        try {
            for (String line : Files.readAllLines(Path.of(".env"))) {
                int equals = line.indexOf('=');
                if (!line.startsWith("#") && equals > 0) {
                    environment.put(
                            line.substring(0, equals).strip(),
                            line.substring(equals + 1).strip().replace("\"", ""));
                }
            }
        } catch (NoSuchFileException e) {
            if (release.hasSections()) {
                throw new Failure("loading .env file: there is none in the working directory");
            }
            System.err.println("<3>[ERROR]    there is no .env file");
        }
        return environment;
    }

    private static JsonObject json(Release release, Path file) throws IOException, Failure {
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (NoSuchFileException e) {
            if (release.hasSections()) {
                throw new Failure("main configuration must be present");
            }
            return new JsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new Failure("could not decode config file: " + e.getMessage());
        }
    }

    private static JsonObject section(JsonObject json, String key) {
        JsonElement element = json.get(key);
        return element != null && element.isJsonObject() ? element.getAsJsonObject() : null;
    }

    private static void known(JsonObject json, Set<String> keys) throws Failure {
        for (String key : json.keySet()) {
            if (!keys.contains(key)) {
                throw new Failure("could not decode config file: unknown field \"" + key + "\"");
            }
        }
    }

    private static void need(JsonObject json, String key) throws Failure {
        if (!json.has(key)) {
            throw new Failure("the configuration is not valid: missing properties: '" + key + "'");
        }
    }

    private static Set<String> with(Set<String> keys, String more) {
        Set<String> all = new HashSet<>(keys);
        all.add(more);
        return all;
    }

    private static String text(JsonObject json, String key, String absent) {
        return json.has(key) ? json.get(key).getAsString() : absent;
    }
}
