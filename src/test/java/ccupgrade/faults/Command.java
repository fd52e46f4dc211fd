package ccupgrade.faults;

import java.io.IOException;
import java.util.List;

/** A way to run ccupgrade in a sandbox. */
interface Command extends AutoCloseable {

    /** What it said and ended with; 137 when it was killed, -1 when it had to be, because it did not end. */
    record Result(int exit, String out, String err) {
        String all() {
            return "exit " + exit + "\n" + out + err;
        }
    }

    Result run(List<String> arguments) throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
}
