package ccupgrade.saga;

import ccupgrade.disk.Disk;
import ccupgrade.fault.NeedsOperator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The journals of a deployment: one directory an operation, named by its number, which counts from 1. An operation begins only after the
 * one before it has ended, so at most the newest is open.
 */
public final class Journals {

    private static final String FILE = "journal.jsonl";

    /** Of a number that fits a long whatever they are. */
    private static final int DIGITS = 18;

    private final Path directory;
    private final Disk disk;
    private final Clock clock;

    public Journals(Path directory, Disk disk, Clock clock) {
        this.directory = directory;
        this.disk = disk;
        this.clock = clock;
    }

    /**
     * Begins the next operation. The caller holds the deployment's lock and has seen that none is open.
     *
     * @throws IOException when its first line cannot be made durable; there is no such operation then
     */
    public Journal begin(String kind, Map<String, String> given) throws IOException {
        NavigableSet<Long> numbers = numbers();
        long number = numbers.isEmpty() ? 1 : numbers.last() + 1;
        Path its = directory.resolve(Long.toString(number));
        try {
            disk.createDirectories(its);
            return Journal.begin(disk, file(number), clock, kind, given);
        } catch (IOException e) {
            throw clearedAway(its, e);
        }
    }

    private IOException clearedAway(Path its, IOException failure) {
        try {
            disk.deleteTree(its);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    /**
     * The operation that was begun and has not ended.
     *
     * @throws NeedsOperator also when the newest has left something but no journal: it may be open
     */
    public Optional<Journal> open() throws IOException, NeedsOperator {
        for (long number : numbers().descendingSet()) {
            Optional<Journal> journal = read(number);
            if (journal.isPresent()) {
                return journal.filter(newest -> newest.end().isEmpty());
            }
            try (Stream<Path> children = Files.list(directory.resolve(Long.toString(number)))) {
                List<String> others = namesOf(children).stream()
                        .filter(name -> !name.equals(FILE))
                        .sorted()
                        .toList();
                if (!others.isEmpty()) {
                    throw Journal.unreadable(file(number), "it is lost, and " + others + " beside it is not");
                }
            }
        }
        return Optional.empty();
    }

    /** @return empty when there is no such operation, or when a crash came before its first line */
    public Optional<Journal> read(long number) throws IOException, NeedsOperator {
        Path file = file(number);
        return Files.exists(file) ? Journal.read(disk, file, clock) : Optional.empty();
    }

    /** The numbers given so far, those of operations that never began included. */
    public NavigableSet<Long> numbers() throws IOException {
        NavigableSet<Long> numbers = new TreeSet<>();
        if (Files.isDirectory(directory)) {
            try (Stream<Path> children = Files.list(directory)) {
                for (String name : namesOf(children)) {
                    if (isNumber(name)) {
                        numbers.add(Long.valueOf(name));
                    }
                }
            }
        }
        return numbers;
    }

    /** Without a regular expression: to compile one for each of ten thousand names takes longer than to list them. */
    private static boolean isNumber(String name) {
        if (name.isEmpty() || name.length() > DIGITS || name.charAt(0) == '0') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static List<String> namesOf(Stream<Path> paths) {
        return paths.map(path -> String.valueOf(path.getFileName())).toList();
    }

    /** The number of the operation that a journal of ours is about. */
    public static long numberOf(Journal journal) {
        Path parent = journal.file().getParent();
        return Long.parseLong(String.valueOf(parent == null ? null : parent.getFileName()));
    }

    private Path file(long number) {
        return directory.resolve(Long.toString(number)).resolve(FILE);
    }
}
