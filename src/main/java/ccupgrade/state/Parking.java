package ccupgrade.state;

import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Moves a failed state away without losing a byte of it. */
final class Parking {

    private final Disk disk;

    Parking(Disk disk) {
        this.disk = disk;
    }

    void park(List<Path> databases, Path evidence) throws IOException {
        for (Path database : databases) {
            DatabaseFiles live = DatabaseFiles.of(database);
            // The file first: were its log to go first, an opening in between would show an older state as a whole one.
            List<Path> files = new ArrayList<>(List.of(live.main()));
            files.addAll(live.sides());
            files.removeIf(file -> !exists(file));
            if (files.isEmpty()) {
                continue;
            }
            disk.createDirectories(evidence);
            DatabaseFiles parked = freeNames(live, files, evidence);
            for (Path file : files) {
                move(file, counterpart(live, file, parked));
            }
        }
    }

    /** One that has nothing beside it; a no-op when it is not there. */
    void parkFile(Path live, Path evidence) throws IOException {
        if (!exists(live)) {
            return;
        }
        disk.createDirectories(evidence);
        DatabaseFiles file = new DatabaseFiles(live);
        move(live, freeNames(file, List.of(live), evidence).main());
    }

    /**
     * The first free names; but when the file itself is not there any more, an interrupted attempt has parked it, and what is left
     * belongs beside the newest one parked.
     */
    private static DatabaseFiles freeNames(DatabaseFiles live, List<Path> files, Path evidence) throws IOException {
        String name = String.valueOf(live.main().getFileName());
        int number = 1;
        if (!files.contains(live.main())) {
            while (exists(numbered(evidence, name, number + 1).main())) {
                number++;
            }
        }
        DatabaseFiles parked = numbered(evidence, name, number);
        while (anyTaken(live, files, parked)) {
            number++;
            parked = numbered(evidence, name, number);
        }
        return parked;
    }

    private static DatabaseFiles numbered(Path evidence, String name, int number) {
        return new DatabaseFiles(evidence.resolve(number == 1 ? name : name + "." + number));
    }

    private static boolean anyTaken(DatabaseFiles live, List<Path> files, DatabaseFiles parked) throws IOException {
        for (Path file : files) {
            Path target = counterpart(live, file, parked);
            if (exists(target) && !isParkedAs(file, target)) {
                return true;
            }
        }
        return false;
    }

    /** An attempt that had to copy may have been interrupted before it deleted what it had copied. */
    private static boolean isParkedAs(Path file, Path target) throws IOException {
        return exists(target) && Files.mismatch(file, target) == -1;
    }

    private static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static Path counterpart(DatabaseFiles live, Path file, DatabaseFiles parked) {
        String suffix = String.valueOf(file.getFileName())
                .substring(String.valueOf(live.main().getFileName()).length());
        return parked.main().resolveSibling(parked.main().getFileName() + suffix);
    }

    private void move(Path file, Path target) throws IOException {
        if (isParkedAs(file, target)) {
            disk.delete(file);
            return;
        }
        try {
            disk.move(file, target);
        } catch (AtomicMoveNotSupportedException e) {
            Path temporary = target.resolveSibling("." + target.getFileName() + Disk.TEMPORARY_SUFFIX);
            disk.delete(temporary);
            disk.copy(file, temporary, Progress.NONE);
            disk.move(temporary, target);
            disk.delete(file);
        }
    }
}
