package ccupgrade.release;

import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.Attributes;
import org.jspecify.annotations.Nullable;

/** The versions of the state that a jar's manifest says the release works on. */
public final class JarVersions {

    private static final String DATABASE = "Ccupgrade-Database-Version";
    private static final String ARCHIVE = "Ccupgrade-Archive-Version";

    private JarVersions() {}

    /** What says nothing, or is no jar at all, is unknown. */
    public static Supported read(Path file) {
        try (JarArchive jar = JarArchive.open(file, String.valueOf(file.getFileName()))) {
            Attributes manifest = jar.manifest();
            return new Supported(value(manifest, DATABASE), value(manifest, ARCHIVE));
        } catch (Refused | IOException e) {
            return Supported.UNKNOWN;
        }
    }

    private static @Nullable String value(Attributes manifest, String name) {
        String value = manifest.getValue(name);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
