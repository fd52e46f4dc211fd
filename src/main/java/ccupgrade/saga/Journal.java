package ccupgrade.saga;

import ccupgrade.disk.Disk;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.saga.Entry.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The record of one operation: one JSON line an event, each durable before {@link #append} returns, readable with {@code cat}. A last
 * line that a crash cut short never happened: nobody had been told that it is durable. Any other damage, to the last line too, is
 * somebody's or the disk's, and may have been the point of no return: no recovery is attempted on it.
 */
public final class Journal {

    /** What a disk writes whole or not at all, or a divisor of it. */
    private static final int SECTOR = 512;

    /** Beyond this it is no journal of ours. */
    private static final long LARGEST = 64L << 20;

    private final Disk disk;
    private final Path file;
    private final Clock clock;
    private final List<Entry> entries = new ArrayList<>();
    private final Facts facts = new Facts();
    private long length;
    private boolean inDoubt;

    private Journal(Disk disk, Path file, Clock clock) {
        this.disk = disk;
        this.file = file;
        this.clock = clock;
    }

    /**
     * Starts a journal whose file does not exist yet, in a directory that does.
     *
     * @param kind the plan's
     * @param given what the operation was asked to do
     */
    public static Journal begin(Disk disk, Path file, Clock clock, String kind, Map<String, String> given)
            throws IOException {
        Journal journal = new Journal(disk, file, clock);
        given.forEach(journal.facts::put);
        journal.append(Event.BEGIN, kind, null, null);
        return journal;
    }

    /**
     * Reads a journal as far as it was durable. Changes nothing.
     *
     * @return empty when the crash came before its first line was durable: nothing had been done then
     * @throws NeedsOperator when a line is damaged, missing, or one too many
     */
    public static Optional<Journal> read(Disk disk, Path file, Clock clock) throws IOException, NeedsOperator {
        Journal journal = new Journal(disk, file, clock);
        if (Files.size(file) > LARGEST) {
            throw unreadable(file, "it has " + Files.size(file) + " bytes");
        }
        byte[] bytes = Files.readAllBytes(file);
        int start = 0;
        for (int end = indexOfNewline(bytes, 0); start < bytes.length; end = indexOfNewline(bytes, start)) {
            int number = journal.entries.size() + 1;
            try {
                if (end < 0) {
                    throw new IllegalArgumentException("its end is missing");
                }
                Entry entry = Entry.ofLine(new String(bytes, start, end - start, StandardCharsets.UTF_8), number);
                journal.takeRead(entry);
                journal.facts.load(entry.facts());
            } catch (IllegalArgumentException e) {
                if (isTorn(bytes, start, number)) {
                    break;
                }
                throw unreadable(file, "line " + number + " is damaged, " + e.getMessage());
            }
            start = end + 1;
        }
        journal.length = start;
        return journal.entries.isEmpty() ? Optional.empty() : Optional.of(journal);
    }

    static NeedsOperator unreadable(Path file, String why) {
        return new NeedsOperator(
                "cannot read " + file + ": " + why,
                "compare what it says with how things stand; move the directory " + file.getParent()
                        + " away only when the service is as it should be");
    }

    /**
     * Whether what begins here and goes on to the end of the file is what a crash leaves of one append: a part of the line without its
     * end, or all of its length with zeros in place of sectors that were not written. A line that has all its bytes and a wrong
     * checksum, or a wrong byte after a right one, was whole once, and was acted upon.
     */
    private static boolean isTorn(byte[] bytes, int start, int number) {
        if (isPartlyUnwritten(bytes, start)) {
            return true;
        }
        if (indexOfNewline(bytes, start) >= 0) {
            return false;
        }
        try {
            Entry.ofLine(new String(bytes, start, bytes.length - 1 - start, StandardCharsets.UTF_8), number);
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    /** No line of ours has a zero in it. */
    private static boolean isPartlyUnwritten(byte[] bytes, int start) {
        boolean zeros = bytes[start] == 0;
        for (int i = start + 1; i < bytes.length; i++) {
            boolean turns = (bytes[i] == 0) != (bytes[i - 1] == 0);
            if (turns && i % SECTOR != 0 || bytes[i - 1] == '\n') {
                return false;
            }
            zeros |= bytes[i] == 0;
        }
        return zeros;
    }

    private static int indexOfNewline(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /**
     * Records an event together with all facts that were said since the last one.
     *
     * @throws IOException when it could not be made durable; the file is then as it was before, unless that failed too
     */
    void append(Event event, String step, @Nullable Long millis, @Nullable Failure failure) throws IOException {
        Entry entry = new Entry(clock.instant(), event, step, millis, facts.takeUnsaved(), failure);
        byte[] line = entry.toLine(entries.size() + 1);
        try {
            if (inDoubt || (Files.exists(file) && Files.size(file) > length)) {
                withdraw();
            }
            disk.append(file, line);
        } catch (IOException e) {
            entry.facts().forEach(facts::put);
            inDoubt = true;
            try {
                withdraw();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        length += line.length;
        take(entry);
    }

    /**
     * Removes what a crash, or a failed attempt of ours, left behind the last whole line. It must not come to life later: for the commit
     * record it would turn the direction.
     */
    private void withdraw() throws IOException {
        if (!Files.notExists(file)) {
            disk.truncate(file, length);
        }
        inDoubt = false;
    }

    /** Whether a later reader may find one entry more than {@link #entries}: an append failed, and could not be withdrawn either. */
    boolean isInDoubt() {
        return inDoubt;
    }

    private void takeRead(Entry entry) {
        if (entries.isEmpty() != (entry.event() == Event.BEGIN)) {
            throw new IllegalArgumentException("'begin' comes first, and once");
        }
        take(entry);
    }

    private void take(Entry entry) {
        entries.add(entry);
    }

    public Path file() {
        return file;
    }

    public Facts facts() {
        return facts;
    }

    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** The kind of plan that it is a journal of. */
    public String kind() {
        return entries.get(0).step();
    }

    public Instant began() {
        return entries.get(0).at();
    }

    public boolean isCommitted() {
        return entries.stream().anyMatch(entry -> entry.event() == Event.COMMIT);
    }

    /** The last entry of an operation that needs nothing more. */
    public Optional<Entry> end() {
        Entry last = entries.get(entries.size() - 1);
        return last.event() == Event.END ? Optional.of(last) : Optional.empty();
    }

    /** Why the operation turned back; null when nothing failed, or when a crash left no time to say. */
    public @Nullable Failure failure() {
        // What fails after the point of no return turns nothing back.
        return entries.stream()
                .takeWhile(entry -> entry.event() != Event.COMMIT)
                .filter(entry -> entry.event() == Event.FAILED)
                .map(Entry::failure)
                .findFirst()
                .orElse(null);
    }

    /** How often the operation was taken over. */
    public int recoveries() {
        return (int)
                entries.stream().filter(entry -> entry.event() == Event.RECOVER).count();
    }

    /**
     * The steps whose act may have happened, and whose undo has not ended, in the order of their acts. An undo begins only when those of
     * all later steps have ended well: where their records are missing, because the disk was full for a while, they are not run again
     * after it, on a world in which the service may work again.
     */
    Set<String> standing() {
        List<String> standing = new ArrayList<>();
        for (Entry entry : entries) {
            int at = standing.indexOf(entry.step());
            switch (entry.event()) {
                case INTENT -> standing.add(entry.step());
                case UNDO, UNDO_FAILED -> keep(standing, at < 0 ? standing.size() : at + 1);
                case UNDONE -> keep(standing, at < 0 ? standing.size() : at);
                case BEGIN, DONE, FAILED, COMMIT, RECOVER, END -> {}
            }
        }
        return new LinkedHashSet<>(standing);
    }

    private static void keep(List<String> steps, int count) {
        steps.subList(count, steps.size()).clear();
    }

    /** The steps whose act has ended well. */
    Set<String> done() {
        Set<String> done = new LinkedHashSet<>();
        for (Entry entry : entries) {
            if (entry.event() == Event.DONE) {
                done.add(entry.step());
            }
        }
        return done;
    }
}
