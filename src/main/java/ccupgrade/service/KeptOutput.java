package ccupgrade.service;

import ccupgrade.disk.Disk;
import ccupgrade.words.Words;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The file that a command writes its output to, kept from filling the disk: of much, the beginning and the end are kept. The command has
 * the file open for appending, so that it goes on at the new end when the file is cut, and outlives us.
 *
 * <p>While the command runs the middle only becomes a hole, because a truncation would take along what is written at that very moment.
 */
final class KeptOutput {

    /** Of the beginning, and as much of the end. */
    private static final int KEPT = 4 << 20;

    /** Twice that, and room for the sentence between them. */
    private static final long LARGEST = 2 * KEPT + 1000;

    /** Making a hole takes a process: not for each line. */
    private static final long WHILE_IT_RUNS = 32L << 20;

    private final Disk disk;
    private final Path file;
    private long holeEnds = KEPT;
    private long leftOut;

    KeptOutput(Disk disk, Path file) {
        this.disk = disk;
        this.file = file;
    }

    /** Asked now and then while the command runs. */
    void keepSmall() throws InterruptedException {
        try {
            long size = Files.size(file);
            if (size - holeEnds <= WHILE_IT_RUNS) {
                return;
            }
            if (isHole(holeEnds, size - KEPT)) {
                holeEnds = size - KEPT;
            } else {
                cut(size);
            }
        } catch (IOException e) {
            // What a migration said is no reason to fail it, nor to leave it unwatched.
            return;
        }
    }

    /** When it has ended. */
    void finish() {
        try {
            long size = Files.size(file);
            if (size > LARGEST) {
                cut(size);
            }
        } catch (IOException e) {
            // As above.
            return;
        }
    }

    /**
     * Gives the disk a part of the file back, by {@code fallocate} of util-linux, since Java has no means to.
     *
     * @return false where that program or the file system cannot
     */
    private boolean isHole(long from, long to) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(List.of(
                            "fallocate",
                            "--punch-hole",
                            "--offset=" + from,
                            "--length=" + (to - from),
                            file.toAbsolutePath().toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void cut(long size) throws IOException {
        byte[] end;
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(size - KEPT);
            end = in.readNBytes(KEPT);
        }
        leftOut += size - 2L * KEPT;
        disk.truncate(file, KEPT);
        holeEnds = KEPT;
        String sentence = "\n… ccupgrade left out about " + Words.bytes(leftOut) + " here …\n";
        disk.append(file, sentence.getBytes(StandardCharsets.UTF_8));
        disk.append(file, end);
    }
}
