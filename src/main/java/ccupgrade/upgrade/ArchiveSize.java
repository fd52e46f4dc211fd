package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.state.SavedTree.Way;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** How large an archive is: a walk over all of its files. */
final class ArchiveSize {

    /** What a file takes beside its bytes, on the whole: half a block, and its inode. */
    private static final long BESIDES = 2048;

    private ArchiveSize() {}

    /** Bytes that keeping the archive takes; 0 where it shares its files, or their blocks, with the live one. */
    static long toBeCopied(Site site, Progress progress) throws Fault, IOException, InterruptedException {
        Config.Archive archive = site.config().state().archive();
        Path path = site.archive();
        if (archive == null
                || path == null
                || site.snapshots().foreseenWay(path, archive.rewritesFiles()) != Way.COPY) {
            return 0;
        }
        progress.begin("measuring " + site.nameOf(path), -1);
        try {
            Sum sum = new Sum(progress);
            Files.walkFileTree(path.toRealPath(), sum);
            return sum.bytes;
        } finally {
            progress.end();
        }
    }

    private static final class Sum extends SimpleFileVisitor<Path> {

        private final Progress progress;
        private long bytes;

        Sum(Progress progress) {
            this.progress = progress;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes += BESIDES + (attributes.isRegularFile() ? attributes.size() : 0);
            progress.at(bytes);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (Files.exists(file)) {
                throw failure;
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
