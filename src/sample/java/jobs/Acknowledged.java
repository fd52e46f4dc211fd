package jobs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the service has promised: number and hash of the last row of the chain that it has committed, in {@code DATABASE.acknowledged}
 * beside the database. Always a line of the same length in one write, so that whenever the process is killed, a whole line stands there.
 */
final class Acknowledged implements AutoCloseable {

    private final FileChannel file;

    private Acknowledged(FileChannel file) {
        this.file = file;
    }

    static Acknowledged beside(Path database) throws IOException {
        Path file = database.resolveSibling(database.getFileName() + ".acknowledged");
        return new Acknowledged(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    }

    void set(Chain.Row row) throws IOException {
        String line = String.format("%019d %s%n", row.id(), row.hash());
        file.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
