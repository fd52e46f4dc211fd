package ccupgrade.service;

import ccupgrade.fault.Failed;
import ccupgrade.words.Words;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Ends processes and proves that they are gone. */
final class Ending {

    /** How long a process may take to vanish after SIGKILL. Only one that hangs in the kernel takes longer. */
    private static final Duration AFTER_KILL = Duration.ofSeconds(10);

    private final Processes processes;

    Ending(Processes processes) {
        this.processes = processes;
    }

    /** What is to be ended and still lives; asked again and again, because processes start others. */
    interface Living {
        List<Processes.Seen> find() throws IOException;
    }

    /**
     * SIGTERM, and SIGKILL after {@code grace} (none at all when it is zero), until nothing lives.
     *
     * @param what for the message: {@code the service}
     */
    void end(String what, Living living, Duration grace) throws Failed, IOException, InterruptedException {
        List<Processes.Seen> told = new ArrayList<>();
        Limit limit = new Limit(grace);
        while (!limit.isOver()) {
            List<Processes.Seen> left = findSurely(living);
            if (left.isEmpty()) {
                return;
            }
            // What comes up later was started by one that was told, perhaps to tidy up: it is told only when that one
            // is gone.
            if (left.stream().noneMatch(process -> isIn(told, process))) {
                for (Processes.Seen process : left) {
                    signal(what, process, false);
                    told.add(process);
                }
            }
            // This is downtime: notice the end soon, by a tenth of what it took.
            limit.sleep(Math.max(5, Math.min(100, limit.passed().toMillis() / 10)));
        }
        kill(what, living);
    }

    private void kill(String what, Living living) throws Failed, IOException, InterruptedException {
        Limit limit = new Limit(AFTER_KILL);
        while (true) {
            List<Processes.Seen> left = findSurely(living);
            if (left.isEmpty()) {
                return;
            }
            for (Processes.Seen process : left) {
                signal(what, process, true);
            }
            if (limit.isOver()) {
                throw new Failed(
                        "cannot end " + what + ": " + describe(left) + " is still there " + Words.duration(AFTER_KILL)
                                + " after SIGKILL, in state " + left.get(0).state(),
                        "such a process waits in the kernel, mostly for a disk or a network file system; see dmesg");
            }
            limit.sleep(20);
        }
    }

    /** Fails at once, and not after the time allowed, when it must stay without effect. */
    private void signal(String what, Processes.Seen process, boolean force) throws Failed, IOException {
        if (processes.signal(process, force)) {
            return;
        }
        boolean lives = processes
                .find(process.pid())
                .filter(now -> now.isSame(process) && !now.isZombie())
                .isPresent();
        if (lives) {
            throw new Failed(
                    "cannot end " + what + ": " + describe(List.of(process)) + " belongs to another user",
                    "run ccupgrade as root or as the user who runs the service");
        }
    }

    /** Two looks: one alone can miss a process that is just being forked, or is between two programs and has no environment. */
    private static List<Processes.Seen> findSurely(Living living) throws IOException, InterruptedException {
        List<Processes.Seen> found = living.find();
        if (found.isEmpty()) {
            Thread.sleep(5);
            found = living.find();
        }
        return found;
    }

    private static boolean isIn(List<Processes.Seen> some, Processes.Seen process) {
        return some.stream().anyMatch(process::isSame);
    }

    static String describe(List<Processes.Seen> some) {
        return (some.size() == 1 ? "process " : "processes ")
                + some.stream()
                        .map(process -> process.pid() + " (" + process.name() + ")")
                        .collect(Collectors.joining(", "));
    }
}
