package ccupgrade.disk;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The look at each file of a tree that the last pass of a {@link TreeMirror} takes, with nothing changed and nothing made: to know
 * beforehand how long that is.
 */
public final class TreeLook {

    private final Path source;
    private final Progress progress;
    private final SeenFiles seen = new SeenFiles();
    private long files;

    private TreeLook(Path source, Progress progress) {
        this.source = source;
        this.progress = progress;
    }

    /** @return how long it took. What comes and goes meanwhile does not matter */
    public static Duration at(Path source, Progress progress) throws IOException, InterruptedException {
        progress.begin("looking at " + source.getFileName(), -1);
        try {
            long began = System.nanoTime();
            new TreeLook(source, progress).into(source);
            return Duration.ofNanos(System.nanoTime() - began);
        } finally {
            progress.end();
        }
    }

    private void into(Path directory) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                entry(entry);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // It has gone meanwhile.
            return;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private void entry(Path entry) throws IOException, InterruptedException {
        FileStat stat;
        try {
            stat = FileStat.of(entry);
        } catch (NoSuchFileException e) {
            return;
        }
        seen.has(seen.of(source.relativize(entry), stat));
        progress.at(++files);
        if (stat.isDirectory()) {
            into(entry);
        }
    }
}
