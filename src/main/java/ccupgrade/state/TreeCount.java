package ccupgrade.state;

import ccupgrade.disk.Progress;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** How many files a tree has, and their bytes: what can be found out about millions of files without reading one. */
record TreeCount(long files, long bytes) {

    /** @throws IOException also when a part of it cannot be looked into */
    static TreeCount of(Path tree, Progress progress) throws IOException {
        progress.begin("counting " + tree.getFileName(), -1);
        try {
            Count count = new Count(progress);
            Files.walkFileTree(tree, count);
            return new TreeCount(count.files, count.bytes);
        } finally {
            progress.end();
        }
    }

    private static final class Count extends SimpleFileVisitor<Path> {

        private final Progress progress;
        private long files;
        private long bytes;

        Count(Progress progress) {
            this.progress = progress;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
                files++;
                bytes += attributes.size();
                progress.at(files);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
