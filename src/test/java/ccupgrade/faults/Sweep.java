package ccupgrade.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** Tries many points, some at the same time. */
final class Sweep implements AutoCloseable {

    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 12_000;

    /** So many times as many trials at once, where they wait for nothing but time. */
    private static final int IDLE = 3;

    private final Bench bench;
    private final List<Sandbox> sandboxes = new ArrayList<>();
    private final Map<Scenario, Prepared> prepared = new EnumMap<>(Scenario.class);
    private final Path keep;
    private final Shape shapes = new Shape();
    private final int jobs;
    private final boolean alone;
    private final ExecutorService workers;

    /** One fault. */
    record Task(Prepared prepared, Mode mode, int number) {}

    /**
     * @param alone whether each command has a process of its own, also where ccupgrade survives what happens to it
     * @param keep where the deployments of those go that end otherwise than well
     */
    Sweep(Bench bench, int jobs, boolean alone, Path keep) throws IOException, InterruptedException {
        this.bench = bench;
        this.keep = keep;
        this.jobs = jobs;
        this.alone = alone;
        this.workers = Executors.newFixedThreadPool(jobs * IDLE);
        // Another sweep at the same time begins elsewhere: that a port is free now does not keep it free.
        int port = FIRST_PORT + (int) (ProcessHandle.current().pid() % PORTS);
        for (int i = 0; i < jobs * IDLE; i++) {
            port = freePort(port);
            sandboxes.add(new Sandbox(bench, i, port++));
        }
        bench.archiveClasses(sandboxes.get(0)::learn);
    }

    /** Below those that the kernel gives to clients. */
    private static int freePort(int from) {
        for (int port = from; ; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // Taken: the next one.
                continue;
            }
        }
    }

    Prepared prepare(Scenario scenario) throws IOException, InterruptedException, SQLException {
        Prepared known = prepared.get(scenario);
        if (known == null) {
            Prepared before = scenario.interrupted == null ? null : prepare(scenario.interrupted);
            known = Prepared.of(scenario, sandboxes.get(0), bench, before);
            prepared.put(scenario, known);
        }
        return known;
    }

    /**
     * Returns when all are tried. When the bench is closed meanwhile, nothing comes to the listener any more: what is found then is the end of
     * the sweep and nothing else.
     *
     * @param listener called by one thread at a time
     */
    void run(List<Task> tasks, Consumer<Verdict> listener)
            throws IOException, InterruptedException, ExecutionException {
        boolean idle =
                tasks.stream().allMatch(task -> task.prepared().scenario().isIdle());
        BlockingQueue<Task> queue = new LinkedBlockingQueue<>(tasks);
        List<Future<?>> all = new ArrayList<>();
        for (Sandbox sandbox : idle ? sandboxes : sandboxes.subList(0, jobs)) {
            all.add(workers.submit(() -> {
                try {
                    for (Task task = queue.poll(); task != null; task = queue.poll()) {
                        attempt(task, sandbox, listener);
                    }
                } finally {
                    // After a failure of one the others end what they have begun.
                    queue.clear();
                }
                return null;
            }));
        }
        for (Future<?> worker : all) {
            worker.get();
        }
        for (Sandbox sandbox : sandboxes) {
            // What still runs there would only take time from the trials to come.
            Bench.killBelow(sandbox.home);
        }
    }

    private void attempt(Task task, Sandbox sandbox, Consumer<Verdict> listener)
            throws IOException, InterruptedException {
        boolean resides = !alone && task.mode() != Mode.KILL;
        Trial trial = trial(task, sandbox, resides);
        Verdict verdict = trial.run();
        if (resides && !verdict.isWell()) {
            // What counts is how it ends as an administrator runs it.
            System.out.println("in a process that lives on: " + verdict + "; tried again in one of its own");
            trial = trial(task, sandbox, false);
            verdict = trial.run();
        }
        synchronized (this) {
            bench.checkOpen();
            if (!verdict.isWell()) {
                keep(sandbox, verdict, trial.said());
            }
            listener.accept(verdict);
        }
    }

    private Trial trial(Task task, Sandbox sandbox, boolean resides) {
        sandbox.stay(resides);
        return new Trial(task.prepared(), sandbox, task.mode(), task.number(), shapes);
    }

    private void keep(Sandbox sandbox, Verdict verdict, String said) throws IOException, InterruptedException {
        Path kept = keep.resolve(verdict.key().replace(' ', '-'));
        Bench.killBelow(sandbox.home);
        Bench.delete(kept);
        Files.createDirectories(kept);
        Bench.copy(sandbox.home, kept.resolve("jobs"));
        Files.writeString(kept.resolve("said.txt"), verdict + "\n\n" + said);
    }

    @Override
    public void close() throws IOException {
        workers.shutdown();
        for (Sandbox sandbox : sandboxes) {
            sandbox.close();
        }
    }
}
