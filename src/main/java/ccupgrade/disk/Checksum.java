package ccupgrade.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of content, as 64 lower-case hexadecimal digits. */
public final class Checksum {

    private static final int BUFFER = 1 << 20;

    private Checksum() {}

    /** Reads the whole file: about a second per GB. Opens and closes a descriptor of it, so never for a database we hold open. */
    public static String sha256(Path file, Progress progress) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return sha256(in, "hashing " + file.getFileName(), Files.size(file), progress);
        }
    }

    /**
     * Of what a stream gives until it ends. Does not close it.
     *
     * @param size bytes expected, for the progress alone
     */
    public static String sha256(InputStream in, String what, long size, Progress progress) throws IOException {
        MessageDigest digest = newDigest();
        progress.begin(what, size);
        try {
            byte[] buffer = new byte[BUFFER];
            long done = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
                done += n;
                progress.at(done);
            }
        } finally {
            progress.end();
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** SHA-256, for whoever hashes pieces. */
    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
