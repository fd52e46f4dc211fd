package backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A tree of small files, {@code CLUSTER/NUMBER/meta.json}, with the version of their form in {@code version.txt} at its root. */
record JobArchive(Path directory) {

    private Path versionFile() {
        return directory.resolve("version.txt");
    }

    int version() throws IOException, Failure {
        String text = Files.readString(versionFile()).strip();
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new Failure(versionFile() + " holds no number");
        }
    }

    void setVersion(int version) throws IOException {
        Files.writeString(versionFile(), version + "\n");
    }

    /** Refuses any version but exactly the release's; an empty directory becomes an archive of it. */
    void require(Release release) throws IOException, Failure {
        if (!Files.exists(versionFile()) && release.hasSections() && isEmpty()) {
            setVersion(release.archive());
        }
        int version = version();
        if (version != release.archive()) {
            throw new Failure("initializing archive: unsupported version " + version + ", need " + release.archive());
        }
    }

    private boolean isEmpty() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    /** Adds a finished job, in the form of a version. */
    void add(String cluster, long job, int version) throws IOException {
        Path place = Files.createDirectories(directory.resolve(cluster).resolve(Long.toString(job)));
        String how = version < 3 ? "\"exclusive\": 1" : "\"shared\": \"none\"";
        Files.writeString(place.resolve("meta.json"), "{\"jobId\": " + job + ", " + how + "}\n");
    }

    List<Path> jobs() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.endsWith("meta.json")).sorted().toList();
        }
    }

    /** From version 2 to 3, in place, as one would with an editor. */
    static void rewrite(Path job) throws IOException {
        String text = Files.readString(job);
        Files.writeString(job, text.replace("\"exclusive\": 1", "\"shared\": \"none\""));
    }
}
