package ccupgrade.power;

import ccupgrade.power.Judge.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Real installs on a real file system, whose power fails when the journal shows a chosen event. */
final class DeviceFailures {

    private static final Pattern EVENT = Pattern.compile("\"event\":\"([a-z-]+)\".*\"step\":\"([a-z-]*)\"");

    private final Path scratch;
    private final String kind;
    private final Image before;
    private final Path second;
    private final Place old;
    private final Place anew;

    /** What the journal of a whole install says, in order: {@code intent stage}, {@code done stage} … */
    final List<String> events = new ArrayList<>();

    /** @param kind ext4, xfs */
    DeviceFailures(Path scratch, String kind) throws Exception {
        this.scratch = scratch;
        this.kind = kind;
        Deployed first = new Deployed(Files.createDirectories(scratch.resolve(kind)), Setup.LOG).with("1.0");
        before = Image.of(first.home);
        second = first.jar("2.0", 2);
        first.run(List.of(), "install", second.toString());
        events.addAll(events(first.home));
        old = Scenario.place(scratch, Setup.LOG, before);
        anew = Place.of(first.home);
    }

    /** @throws AssertionError when it ended neither in the old place nor in the new one */
    Judge.Verdict cut(String event, Device.Failure failure) throws Exception {
        Path directory = Files.createTempDirectory(scratch, "cut");
        try (Device device = new Device(directory, kind)) {
            Deployed deployed = new Deployed(directory, device.mounted().resolve("home"), Setup.LOG, before);
            Files.createFile(deployed.run.resolve("running"));
            device.sync();
            Process install = deployed.begin(List.of(), "install", second.toString());
            List<String> seen = List.of();
            try {
                while (install.isAlive() && !seen.contains(event)) {
                    seen = events(deployed.home);
                }
                device.fail(failure);
            } finally {
                install.descendants().forEach(ProcessHandle::destroyForcibly);
                install.destroyForcibly().waitFor();
            }
            device.restore();
            Files.deleteIfExists(deployed.run.resolve("running"));
            deployed.run(List.of(), "recover");
            Place found = Place.of(deployed.home);
            boolean isNew =
                    found.release().equals(newest(deployed.home)) && rows(found).equals(rows(anew));
            if (!isNew && !found.equals(old)) {
                throw new AssertionError("after " + event + ", " + failure + ": neither old nor new: " + found);
            }
            // The record after that of the commit is written when the commit is durable.
            if (!isNew && seen.contains("intent keep")) {
                throw new AssertionError("after " + event + ", " + failure + ": what was committed is gone");
            }
            return isNew ? Judge.Verdict.NEW : Judge.Verdict.OLD;
        }
    }

    private static String newest(Path home) throws IOException {
        try (var files = Files.list(home.resolve("releases"))) {
            List<String> all = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.matches("\\d+\\.jar"))
                    .sorted()
                    .toList();
            return all.size() == 2 ? all.get(1) : "none";
        }
    }

    /** Each install migrates at its own time. */
    private static String rows(Place place) {
        return place.rows().replaceAll("\\d{4}-\\d\\d-\\d\\d [0-9:.]+\\|\\d+\\|", "when|took|");
    }

    private static List<String> events(Path home) throws IOException {
        Path journal = home.resolve(".ccupgrade/operations/2/journal.jsonl");
        if (!Files.exists(journal)) {
            return List.of();
        }
        List<String> events = new ArrayList<>();
        for (String line : Files.readString(journal).split("\n")) {
            Matcher event = EVENT.matcher(line);
            if (event.find()) {
                events.add((event.group(1) + " " + event.group(2)).strip());
            }
        }
        return events;
    }
}
