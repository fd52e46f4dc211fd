package ccupgrade.faults;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the shim is to do in the next command.
 *
 * @param at at which of the calls of those processes, from 1; {@code -1}: only count them
 * @param mode an errno, or one of the shim's own numbers
 */
record Orders(Who who, int at, int mode) {

    /** Whose calls count. In the shim's order. */
    enum Who {
        NOBODY,
        TOOL,
        MIGRATION
    }

    private static final int KILL_ALL = -1;

    static final Orders NONE = count(Who.NOBODY);

    static Orders count(Who who) {
        return new Orders(who, -1, 0);
    }

    static Orders fault(Who who, int at, Mode mode) {
        return new Orders(who, at, mode.shim);
    }

    /** Kills ccupgrade, and what it is that counts. */
    static Orders killAll(Who who, int at) {
        return new Orders(who, at, KILL_ALL);
    }

    /** In place: processes that live on have mapped the file. Nobody counts until all of it is written. */
    void writeTo(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var orders = channel.map(FileChannel.MapMode.READ_WRITE, 0, 5 * Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer();
            orders.put(0, Who.NOBODY.ordinal());
            orders.put(1, at);
            orders.put(2, mode);
            orders.put(3, 0);
            orders.put(4, 0);
            orders.put(0, who.ordinal());
        }
    }
}
