package ccupgrade.service;

import ccupgrade.disk.Disk;
import ccupgrade.words.Words;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file that a command writes its output to, kept from filling the disk: of much, the beginning and the end are kept. The command has
 * the file open for appending, so that it goes on at the new end when the file is cut, and outlives us.
 */
final class KeptOutput {

    /** Of the beginning, and as much of the end. */
    private static final int KEPT = 4 << 20;

    /** Twice that, and room for the sentence between them. */
    private static final long LARGEST = 2 * KEPT + 1000;

    /** Cutting costs two syncs: not for each line. */
    private static final long WHILE_IT_RUNS = 32L << 20;

    private final Disk disk;
    private final Path file;
    private long leftOut;

    KeptOutput(Disk disk, Path file) {
        this.disk = disk;
        this.file = file;
    }

    /** Asked now and then while the command runs. */
    void keepSmall() {
        cutBeyond(WHILE_IT_RUNS);
    }

    /** When it has ended. */
    void finish() {
        cutBeyond(LARGEST);
    }

    private void cutBeyond(long most) {
        try {
            long size = Files.size(file);
            if (size <= most) {
                return;
            }
            byte[] end;
            try (InputStream in = Files.newInputStream(file)) {
                in.skipNBytes(size - KEPT);
                end = in.readNBytes(KEPT);
            }
            leftOut += size - 2L * KEPT;
            disk.truncate(file, KEPT);
            String sentence = "\n… ccupgrade left out about " + Words.bytes(leftOut) + " here …\n";
            disk.append(file, sentence.getBytes(StandardCharsets.UTF_8));
            disk.append(file, end);
        } catch (IOException e) {
            // What a migration said is no reason to fail it, nor to leave it unwatched.
            return;
        }
    }
}
