package ccupgrade.sample;

import java.nio.file.Files;
import java.nio.file.Path;

/** The releases of the sample service that the build packs, see {@code src/sample}. */
public final class SampleJars {

    private SampleJars() {}

    /** The jar {@code target/sample/NAME.jar}, absolute: {@code jar("jobs-1.0")}. */
    public static Path jar(String name) {
        Path jar = Path.of("target", "sample", name + ".jar").toAbsolutePath();
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException("no sample release " + jar
                    + ": its name is wrong, or 'mvn process-test-resources' has yet to pack it");
        }
        return jar;
    }
}
