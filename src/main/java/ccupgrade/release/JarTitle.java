package ccupgrade.release;

import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.Attributes;
import org.jspecify.annotations.Nullable;

/** What a jar's manifest says it is. */
record JarTitle(String title, @Nullable String version) {

    /** @param name of the file: the title where the manifest has none */
    static JarTitle of(Attributes manifest, String name) {
        String title = first(manifest, "Implementation-Title", "Bundle-Name", "Specification-Title");
        String version = first(manifest, "Implementation-Version", "Bundle-Version", "Specification-Version");
        return new JarTitle(title != null ? title : withoutSuffix(name), version);
    }

    /** For a file that nobody inspected: what cannot be read has the title of its name, and is for the inspection to complain about. */
    static JarTitle ofAdopted(Path file) {
        String name = String.valueOf(file.getFileName());
        try (JarArchive jar = JarArchive.open(file, name)) {
            return of(jar.manifest(), name);
        } catch (Refused | IOException e) {
            return new JarTitle(withoutSuffix(name), null);
        }
    }

    private static @Nullable String first(Attributes manifest, String... keys) {
        for (String key : keys) {
            String value = manifest.getValue(key);
            // OSGi keeps some of them in a properties file: %name is only the key to it.
            if (value != null && !value.isBlank() && !value.startsWith("%")) {
                return value.strip();
            }
        }
        return null;
    }

    private static String withoutSuffix(String name) {
        return name.endsWith(".jar") ? name.substring(0, name.length() - ".jar".length()) : name;
    }
}
