package ccupgrade.service;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The processes of this machine. {@link LinuxProcesses} is the real one. All that is asked of a process that is gone is empty. */
public interface Processes {

    /**
     * One process.
     *
     * @param startTicks when it was forked, in the kernel's units since boot: with the pid, and within one boot, unique
     * @param state the kernel's letter for it ({@code R}, {@code S}, {@code D}, {@code Z} …)
     * @param session the pid of the first process of its session
     */
    record Seen(long pid, long startTicks, char state, long session, String name) {

        /** Has ended, and only waits for its parent to take notice. It holds no file, no lock and no port any more. */
        boolean isZombie() {
            return state == 'Z' || state == 'X';
        }

        boolean isSame(Seen other) {
            return pid == other.pid && startTicks == other.startTicks;
        }
    }

    /**
     * Those that were started with this entry in their environment, {@code NAME=value}, in no order. Who hides his environment, or has
     * ended and is a zombie, has none.
     */
    List<Seen> startedWith(String entry) throws IOException;

    Optional<Seen> find(long pid) throws IOException;

    /** What the process was started with, as {@code NAME=value}; empty also when it belongs to somebody else. */
    List<String> environment(long pid);

    List<String> commandLine(long pid);

    Optional<Instant> startedAt(long pid);

    /** The program and all files that it has open, as real paths; as much of them as we may see. */
    List<Path> openFiles(long pid);

    /** Whether the process finds the same directory by this path; true also when that cannot be known. A container has a root of its own. */
    boolean shares(long pid, Path directory);

    /** Changes with every boot of the machine. */
    String bootId() throws IOException;

    /** The number of the process that asks. */
    long self();

    /**
     * Sends SIGTERM, or SIGKILL when {@code force}, to this very process: not to another one that has its number by now.
     *
     * @return false when it was not sent: the process is gone, or belongs to somebody else
     */
    boolean signal(Seen process, boolean force) throws IOException;
}
