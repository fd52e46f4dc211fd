package ccupgrade.upgrade;

import ccupgrade.fault.Refused;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code config.json} of a cc-backend, as far as it says where its state lies, who it runs as and where it answers. Until 1.4 the keys
 * stand at the top level; since 1.5 in sections, of which {@code main} is one.
 *
 * @see <a href="https://clustercockpit.org/docs/reference/cc-backend/">its keys</a>
 */
final class CcBackendConfig {

    private static final Set<String> ANY_HOST = Set.of("", "0.0.0.0", "::", "[::]");

    /** The type of a DNS name among the alternative names of a certificate. */
    private static final Integer DNS_NAME = 2;

    private final Path home;
    private final JsonObject all;
    private final JsonObject main;
    private final List<String> notes = new ArrayList<>();

    private CcBackendConfig(Path home, JsonObject all, JsonObject main) {
        this.home = home;
        this.all = all;
        this.main = main;
    }

    /**
     * @param file as it is given to {@code -config}
     * @throws Refused when there is none, or it cannot be understood, or names a database that is none of SQLite's
     */
    static CcBackendConfig read(Path home, String file) throws Refused {
        Path path = home.resolve(file).normalize();
        String remedy =
                "run it where cc-backend runs, the WorkingDirectory of its unit: ccupgrade -C DIR init --profile cc-backend";
        try {
            JsonElement json = JsonParser.parseString(Files.readString(path));
            if (json.isJsonObject()) {
                JsonObject all = json.getAsJsonObject();
                JsonObject main = section(all, "main");
                CcBackendConfig config = new CcBackendConfig(home, all, main == null ? all : main);
                config.requireSqlite(path);
                return config;
            }
            throw new Refused("cannot read the configuration of cc-backend: " + path + " is not a JSON object", null);
        } catch (JsonParseException e) {
            throw new Refused(
                    "cannot read the configuration of cc-backend: " + path + " is not JSON",
                    "correct it, so that cc-backend can read it",
                    e);
        } catch (NoSuchFileException e) {
            throw new Refused("cannot find a cc-backend in " + home + ": there is no " + path, remedy, e);
        } catch (IOException e) {
            throw new Refused("cannot read the configuration of cc-backend", "run ccupgrade as a user who may", e);
        }
    }

    private void requireSqlite(Path file) throws Refused {
        String driver = text(main, "db-driver");
        if (driver != null && !driver.equals("sqlite3")) {
            throw new Refused(
                    "cannot make a deployment of " + home + ": " + file + " names a database of " + driver,
                    "ccupgrade keeps SQLite databases; this one is yours to back up and to upgrade");
        }
    }

    /** Whether the keys are those of 1.5 and later. */
    boolean hasSections() {
        return main != all;
    }

    /** Relative to the home where it lies in it. */
    String database() {
        String database = text(main, "db");
        if (database != null && database.startsWith("env:")) {
            notes.add("the database's path stands in an environment variable: name it as databases in [state]");
            return "var/job.db";
        }
        return tidy(database == null ? "var/job.db" : database);
    }

    /** Null when the archive is no directory. */
    @Nullable
    String archive() {
        JsonObject archive = section(all, "archive");
        String kind = archive == null ? null : text(archive, "kind");
        if (kind != null && !kind.equals("file")) {
            notes.add("the job archive is of kind " + kind
                    + ", no directory: ccupgrade neither keeps nor restores it, and migrating it is yours");
            return null;
        }
        String path = archive == null ? null : text(archive, "path");
        return tidy(path == null ? "var/job-archive" : path);
    }

    /** What cc-backend becomes once it has its port; null when it stays who it was started as. */
    @Nullable
    String user() {
        String user = text(main, "user");
        return user == null || user.isBlank() ? null : user;
    }

    /** Files with more of the configuration; none in most. */
    List<String> furtherFiles() {
        String ui = text(all, "ui-file");
        return ui == null ? List.of() : List.of(tidy(ui));
    }

    /** The page of the login, which anybody may see; null when the address is none. */
    @Nullable
    URI health() {
        String address = text(main, "addr");
        String given = address == null ? "localhost:8080" : address;
        int colon = given.lastIndexOf(':');
        String host = colon < 0 ? given : given.substring(0, colon);
        String port = colon < 0 ? "" : given.substring(colon);
        String certificate = text(main, "https-cert-file");
        String key = text(main, "https-key-file");
        boolean secure = certificate != null && !certificate.isEmpty() && key != null && !key.isEmpty();
        if (ANY_HOST.contains(host)) {
            host = "localhost";
        }
        if (secure) {
            String certified = certifiedName(home.resolve(String.valueOf(certificate)));
            host = certified == null ? host : certified;
            notes.add("cc-backend answers by https: see that its certificate is valid for " + host
                    + ", and that this machine trusts it, or choose another check in [health]");
        }
        try {
            return URI.create((secure ? "https://" : "http://") + host + port + "/login");
        } catch (IllegalArgumentException e) {
            notes.add("addr is no address: give a check in [health]");
            return null;
        }
    }

    private @Nullable String certifiedName(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    if (DNS_NAME.equals(name.get(0))
                            && !String.valueOf(name.get(1)).startsWith("*")) {
                        return String.valueOf(name.get(1));
                    }
                }
            }
        } catch (IOException | CertificateException e) {
            notes.add("not looked at: " + file);
        }
        return null;
    }

    /** What was passed over, or could not be found out; a line each. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    private String tidy(String path) {
        Path absolute = home.resolve(path).normalize();
        return absolute.startsWith(home) ? home.relativize(absolute).toString() : absolute.toString();
    }

    private static @Nullable JsonObject section(JsonObject json, String key) {
        JsonElement element = json.get(key);
        return element != null && element.isJsonObject() ? element.getAsJsonObject() : null;
    }

    private static @Nullable String text(JsonObject json, String key) {
        JsonElement element = json.get(key);
        return element != null && element.isJsonPrimitive() ? element.getAsString() : null;
    }
}
