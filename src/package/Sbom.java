import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Adds to the list of libraries that Maven knows what a package brings besides: its Java, and the native code inside two of the libraries.
 * These are what security advisories are about most of the time. {@code Sbom FILE JAVA_HOME}; the form is CycloneDX.
 */
class Sbom {

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        JsonObject sbom = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        JsonObject program = sbom.getAsJsonObject("metadata").getAsJsonObject("component");
        program.addProperty("type", "application");
        JsonArray components = sbom.getAsJsonArray("components");
        String sqlite = version(components, "sqlite-jdbc").replaceFirst("^(\\d+\\.\\d+\\.\\d+).*", "$1");
        String zstd = version(components, "zstd-jni").replaceFirst("-.*", "");
        components.add(component("library", "sqlite", sqlite, "blessing", "cpe:2.3:a:sqlite:sqlite:" + sqlite + ":*:*:*:*:*:*:*"));
        components.add(component("library", "zstd", zstd, "BSD-3-Clause", "cpe:2.3:a:facebook:zstandard:" + zstd + ":*:*:*:*:*:*:*"));
        components.add(java(Path.of(arguments[1])));
        Gson gson = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
        Files.writeString(file, gson.toJson(sbom) + "\n");
    }

    private static String version(JsonArray components, String name) {
        for (JsonElement each : components) {
            JsonObject component = each.getAsJsonObject();
            if (component.get("name").getAsString().equals(name)) {
                return component.get("version").getAsString();
            }
        }
        throw new IllegalStateException("there is no " + name + " in the list");
    }

    private static JsonObject java(Path home) throws IOException {
        Properties release = new Properties();
        try (Reader in = Files.newBufferedReader(home.resolve("release"))) {
            release.load(in);
        }
        String version = unquoted(release.getProperty("JAVA_VERSION"));
        JsonObject java = component(
                "platform",
                "openjdk",
                version,
                "GPL-2.0-only WITH Classpath-exception-2.0",
                "cpe:2.3:a:oracle:openjdk:" + version + ":*:*:*:*:*:*:*");
        JsonObject supplier = new JsonObject();
        supplier.addProperty("name", unquoted(release.getProperty("IMPLEMENTOR", "unknown")));
        java.add("supplier", supplier);
        return java;
    }

    private static String unquoted(String value) {
        return value.replace("\"", "");
    }

    private static JsonObject component(String type, String name, String version, String licence, String cpe) {
        JsonObject component = new JsonObject();
        component.addProperty("type", type);
        component.addProperty("bom-ref", "pkg:generic/" + name + "@" + version);
        component.addProperty("name", name);
        component.addProperty("version", version);
        JsonObject expression = new JsonObject();
        expression.addProperty("expression", licence);
        JsonArray licences = new JsonArray();
        licences.add(expression);
        component.add("licenses", licences);
        component.addProperty("cpe", cpe);
        component.addProperty("purl", "pkg:generic/" + name + "@" + version);
        return component;
    }
}
