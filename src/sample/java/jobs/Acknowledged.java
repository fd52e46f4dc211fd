package jobs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the service has promised: the number of the last row of the chain that it has committed, in {@code DATABASE.acknowledged} beside the
 * database. Always 19 digits and a line feed in one write, so that whenever the process is killed, a whole number stands there.
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

    void set(long id) throws IOException {
        file.write(ByteBuffer.wrap(String.format("%019d%n", id).getBytes(StandardCharsets.US_ASCII)), 0);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
