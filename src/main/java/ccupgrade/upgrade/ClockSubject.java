package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.release.Release;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Whether the clock was set back, or goes wrong. Nothing that is safe rests on it: releases are named by it and ages are reckoned with it.
 */
final class ClockSubject implements Subject {

    private static final String ABOUT = "clock";

    /** Two installs within a second push the second one's name into the future; and clocks are never quite the same. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    private final Site site;

    ClockSubject(Site site) {
        this.site = site;
    }

    @Override
    public List<Finding> findings() throws Fault, IOException {
        Instant now = site.clock().instant();
        Instant latest = now.plus(TOLERANCE);
        List<Finding> findings = new ArrayList<>();
        OptionalLong newest =
                site.releases().list().stream().mapToLong(Release::epoch).max();
        if (newest.isPresent() && Instant.ofEpochSecond(newest.getAsLong()).isAfter(latest)) {
            findings.add(behind("the newest release", Instant.ofEpochSecond(newest.getAsLong()), now));
        }
        if (!site.journals().numbers().isEmpty()) {
            long last = site.journals().numbers().last();
            site.journals()
                    .read(last)
                    .filter(journal -> journal.began().isAfter(latest))
                    .ifPresent(journal -> findings.add(behind("operation " + last, journal.began(), now)));
            Path journals = site.deployment().operation(last);
            Instant written = Files.getLastModifiedTime(journals).toInstant();
            if (findings.isEmpty() && written.isAfter(latest)) {
                findings.add(Finding.warning(
                        ABOUT,
                        Words.format(
                                "%s was changed %s in the future: the clock is behind, or that of the file system is ahead",
                                site.nameOf(journals), Words.duration(Duration.between(now, written))),
                        "set the clock; of a file system across the network, that of its server, too"));
            }
        }
        if (isUnsynchronised()) {
            findings.add(Finding.note(
                    ABOUT,
                    "systemd-timesyncd runs and has not set the clock since the boot",
                    "timedatectl timesync-status"));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(ABOUT, "nothing here lies in the future"));
        }
        return findings;
    }

    private static Finding behind(String what, Instant its, Instant now) {
        return Finding.warning(
                ABOUT,
                Words.format(
                        "%s lies %s in the future: the clock is behind, or was ahead then",
                        what, Words.duration(Duration.between(now, its))),
                "look at date, and set the clock if it is wrong; until that time is reached [retention] takes it for new");
    }

    /** Other programs that set the clock do not make the directory: nothing is known then. */
    private boolean isUnsynchronised() {
        Path timesync = site.surroundings().root().resolve("run/systemd/timesync");
        return Files.isDirectory(timesync) && Files.notExists(timesync.resolve("synchronized"));
    }
}
