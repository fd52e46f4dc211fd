package ccupgrade.saga;

import ccupgrade.disk.Disk;
import ccupgrade.fault.NeedsOperator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
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
        long number = newestBelow(Long.MAX_VALUE) + 1;
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
        return newest().filter(Journals::isOpen);
    }

    /** Whether it has begun and not ended. */
    public static boolean isOpen(Journal journal) {
        return journal.end().isEmpty();
    }

    /**
     * The operation that was begun last, open or not. Empty before the first.
     *
     * @throws NeedsOperator when it has left something but no journal
     */
    public Optional<Journal> newest() throws IOException, NeedsOperator {
        for (long number = newestBelow(Long.MAX_VALUE); number > 0; number = newestBelow(number)) {
            Optional<Journal> journal = read(number);
            if (journal.isPresent()) {
                return journal;
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

    /** What an operation was begun as, by the first line of its journal alone; empty when that is not to be read. */
    public Optional<String> kind(long number) throws IOException {
        Path file = file(number);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        try {
            return end < 0
                    ? Optional.empty()
                    : Optional.of(Entry.ofLine(text.substring(0, end), 1).step());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
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

    /**
     * The highest of those lower than a number; 0 when there is none. Looks at each name once and keeps none: most commands begin with it,
     * and to sort ten thousand takes longer than to list them.
     */
    private long newestBelow(long limit) throws IOException {
        long newest = 0;
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
                for (Path child : children) {
                    String name = String.valueOf(child.getFileName());
                    long number = isNumber(name) ? Long.parseLong(name) : 0;
                    newest = number > newest && number < limit ? number : newest;
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        return newest;
    }

    /** Without a regular expression, for the same reason. */
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
