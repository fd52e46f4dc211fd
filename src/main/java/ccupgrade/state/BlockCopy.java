package ccupgrade.state;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.ChildCopy;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/**
 * The hot copy of a database in a rollback-journal mode. A lock of ours would keep the service from writing, so it is copied without one,
 * and brought up to date when the service has ended: not at all when nothing has written to the file since, else by reading it once and
 * writing the blocks that differ. That one reading pass is inside the downtime.
 */
final class BlockCopy implements HotCopy {

    private static final int BLOCK = 64 << 10;
    private static final int DIGEST = 16;

    /** A change so shortly after the last one may not move the file's times: kernels stamp them by the clock's ticks. */
    private static final Duration TICK = Duration.ofSeconds(1);

    private final Disk disk;
    private final DatabaseFiles live;
    private final CopiedDatabase copy;
    private final Map<String, Object> before;
    private final boolean atRest;
    private final byte[] digests;

    private BlockCopy(
            Disk disk,
            DatabaseFiles live,
            CopiedDatabase copy,
            Map<String, Object> before,
            boolean atRest,
            byte[] digests) {
        this.disk = disk;
        this.live = live;
        this.copy = copy;
        this.before = before;
        this.atRest = atRest;
        this.digests = digests;
    }

    static BlockCopy begin(
            DatabaseFiles live,
            CopiedDatabase copy,
            Disk disk,
            ChildCopy children,
            Instant now,
            long rate,
            Progress progress)
            throws IOException, InterruptedException {
        Map<String, Object> before = stamp(live.main());
        FileTime changed = (FileTime) Objects.requireNonNull(before.get("ctime"));
        boolean atRest = changed.toInstant().plus(TICK).isBefore(now);
        children.copy(live.main(), copy.files().main(), rate, progress);
        return new BlockCopy(
                disk, live, copy, before, atRest, digestsOf(copy.files().main(), progress));
    }

    private static Map<String, Object> stamp(Path file) throws IOException {
        return Files.readAttributes(file, "unix:ino,size,lastModifiedTime,ctime");
    }

    private static byte[] digestsOf(Path file, Progress progress) throws IOException {
        long blocks = (Files.size(file) + BLOCK - 1) / BLOCK;
        byte[] digests = new byte[Math.toIntExact(blocks * DIGEST)];
        progress.begin("reading the copy of " + file.getFileName(), Files.size(file));
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
            MessageDigest digest = Checksum.newDigest();
            for (int block = 0; block < blocks; block++) {
                digest.update(in.readNBytes(BLOCK));
                System.arraycopy(digest.digest(), 0, digests, block * DIGEST, DIGEST);
                progress.at((long) block * BLOCK);
            }
        } finally {
            progress.end();
        }
        return digests;
    }

    @Override
    public SchemaVersion complete(Progress progress) throws Fault, IOException {
        if (!atRest || !before.equals(stamp(live.main()))) {
            bringUpToDate(progress);
        }
        ColdCopy.copyJournal(live, copy, disk, progress);
        return copy.schemaOf(live);
    }

    private void bringUpToDate(Progress progress) throws IOException {
        Path target = copy.files().main();
        long size = Files.size(live.main());
        progress.begin("comparing " + live.main().getFileName(), size);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(live.main()), 1 << 20)) {
            MessageDigest digest = Checksum.newDigest();
            long position = 0;
            int block = 0;
            for (byte[] bytes = in.readNBytes(BLOCK); bytes.length > 0; bytes = in.readNBytes(BLOCK), block++) {
                byte[] now = digest.digest(bytes);
                int at = block * DIGEST;
                boolean same = at < digests.length && Arrays.equals(now, 0, DIGEST, digests, at, at + DIGEST);
                if (!same) {
                    disk.overwrite(target, position, bytes, bytes.length);
                }
                position += bytes.length;
                progress.at(position);
            }
        } finally {
            progress.end();
        }
        // Makes what was written durable, too.
        disk.truncate(target, size);
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
