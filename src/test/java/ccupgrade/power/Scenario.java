package ccupgrade.power;

import ccupgrade.power.Judge.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * One recorded command, and where a power failure during it may lead.
 *
 * @param always when not null, the place where every recovery must end
 */
record Scenario(
        String name,
        Setup setup,
        Recording recording,
        Place old,
        Place anew,
        Place always,
        List<byte[]> releases,
        Path scratch) {

    static final List<String> NAMES = List.of(
            "install",
            "install-journal",
            "taken-back",
            "taken-back-journal",
            "rollback",
            "rollback-journal",
            "install-links",
            "taken-back-links",
            "rollback-links",
            "install-copies",
            "taken-back-copies",
            "rollback-copies");

    /** Records a command. @param scratch a directory, best of a memory file system */
    static Scenario record(String name, Path scratch) throws Exception {
        Setup setup = Setup.of(name);
        Deployed deployed = new Deployed(Files.createDirectories(scratch.resolve(name)), setup).with("1.0");
        Path second = deployed.jar(name.startsWith("taken-back") ? "2.0-sick" : "2.0", 2);
        Recording recording;
        if (name.startsWith("rollback")) {
            deployed.run(List.of(), deployed.install(second));
            recording = deployed.record(0, "rollback", "--accept-data-loss");
        } else {
            recording = deployed.record(name.startsWith("taken-back") ? 4 : 0, deployed.install(second));
        }
        return new Scenario(
                name,
                setup,
                recording,
                place(scratch, setup, recording.before()),
                place(scratch, setup, recording.after()),
                null,
                List.of(Files.readAllBytes(deployed.jar("1.0", 1)), Files.readAllBytes(second)),
                scratch);
    }

    /** Records the recovery on one of the disks that a power failure left: the power fails a second time. */
    Scenario recovery(PowerFailures.Disk disk) throws Exception {
        Path directory = Files.createTempDirectory(scratch, "again");
        Recording again = new Deployed(directory, setup, disk.image()).record(0, "recover");
        return new Scenario(
                name + ", recovered", setup, again, old, anew, place(scratch, setup, again.after()), releases, scratch);
    }

    static Place place(Path scratch, Setup setup, Image image) throws Exception {
        Path directory = Files.createTempDirectory(scratch, "place");
        return Place.of(new Deployed(directory, setup, image).home);
    }

    Scenario with(Recording other) {
        return new Scenario(name, setup, other, old, anew, always, releases, scratch);
    }

    /** @param wrong what the first bad disks led to */
    record Result(PowerFailures.Count count, int judged, int old, int anew, int bad, List<String> wrong) {
        @Override
        public String toString() {
            return "%d operations, %d prefixes, %d disks, %d different, %d judged: %d old, %d new, %d neither"
                    .formatted(
                            count.operations(),
                            count.prefixes(),
                            count.images(),
                            count.different(),
                            judged,
                            old,
                            anew,
                            bad);
        }
    }

    /**
     * Judges the disks.
     *
     * @param chosen which of them
     * @param mostBad how many bad ones end it
     */
    Result judge(PowerFailures failures, Predicate<PowerFailures.Disk> chosen, int mostBad) throws Exception {
        int threads = Runtime.getRuntime().availableProcessors();
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        LinkedBlockingQueue<Path> places = new LinkedBlockingQueue<>();
        for (int i = 0; i < threads; i++) {
            places.add(Files.createTempDirectory(scratch, "disk"));
        }
        AtomicInteger[] ends = {new AtomicInteger(), new AtomicInteger()};
        List<String> wrong = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Future<?>> running = new ArrayList<>();
        try {
            PowerFailures.Count count = failures.forEach(disk -> {
                if (!chosen.test(disk)) {
                    return true;
                }
                Path place = places.take();
                running.removeIf(Future::isDone);
                running.add(workers.submit(() -> {
                    try {
                        ends[judge(disk, place).ordinal()].incrementAndGet();
                    } catch (Exception | AssertionError e) {
                        wrong.add("after " + disk.prefix() + " operations, " + disk.missing() + ": " + e);
                    } finally {
                        places.add(place);
                    }
                }));
                return wrong.size() < mostBad;
            });
            for (Future<?> each : running) {
                each.get();
            }
            int judged = ends[0].get() + ends[1].get() + wrong.size();
            return new Result(count, judged, ends[0].get(), ends[1].get(), wrong.size(), List.copyOf(wrong));
        } catch (ExecutionException e) {
            throw new IOException(e);
        } finally {
            workers.shutdown();
        }
    }

    private Judge.Verdict judge(PowerFailures.Disk disk, Path place) throws Exception {
        Judge judge = new Judge(place, setup, always == null ? old : always, always == null ? anew : always, releases);
        Judge.Verdict verdict = judge.judge(disk.image());
        if (always == null) {
            if (verdict == Judge.Verdict.OLD && !old.equals(anew) && disk.prefix() >= recording.commitDurable()) {
                throw new AssertionError("what was committed is gone");
            }
            if (verdict == Judge.Verdict.NEW && disk.prefix() < recording.commitWritten()) {
                throw new AssertionError("new without a commit record");
            }
        }
        return always != null && always.equals(anew) && !anew.equals(old) ? Judge.Verdict.NEW : verdict;
    }
}
