package ccupgrade.sample;

import java.nio.file.Files;
import java.nio.file.Path;

/** The releases of the stand-in for cc-backend that the build packs, see {@code src/sample}. */
public final class BackendReleases {

    private BackendReleases() {}

    /** The program {@code cc-backend} of a release, absolute: {@code program("v7")}. */
    public static Path program(String release) {
        return file(release, "cc-backend");
    }

    /** All programs of a release as they are delivered. Beside it lies {@code checksums.txt}. */
    public static Path archive(String release) {
        return file(release, "cc-backend_Linux_x86_64.tar.gz");
    }

    private static Path file(String release, String name) {
        Path file = Path.of("target", "sample", "cc-backend", release, name).toAbsolutePath();
        if (!Files.isRegularFile(file)) {
            throw new IllegalStateException(
                    "no " + file + ": the release's name is wrong, or 'mvn process-test-resources' has yet to pack it");
        }
        return file;
    }
}
