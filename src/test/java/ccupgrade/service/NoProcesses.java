package ccupgrade.service;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A machine on which nothing runs; for tests that say otherwise of what they are about. */
public class NoProcesses implements Processes {

    /** What there is all the same. */
    protected List<Seen> all() {
        return List.of();
    }

    @Override
    public List<Seen> startedWith(String entry) {
        return all().stream()
                .filter(process -> environment(process.pid()).contains(entry))
                .toList();
    }

    @Override
    public Optional<Seen> find(long pid) {
        return all().stream().filter(process -> process.pid() == pid).findFirst();
    }

    @Override
    public List<String> environment(long pid) {
        return List.of();
    }

    @Override
    public List<String> commandLine(long pid) {
        return List.of();
    }

    @Override
    public Optional<Instant> startedAt(long pid) {
        return Optional.empty();
    }

    @Override
    public List<Path> openFiles(long pid) {
        return List.of();
    }

    @Override
    public boolean shares(long pid, Path directory) {
        return true;
    }

    @Override
    public String bootId() {
        return "boot";
    }

    @Override
    public long self() {
        return 1;
    }

    @Override
    public boolean signal(Seen process, boolean force) throws IOException {
        return false;
    }
}
