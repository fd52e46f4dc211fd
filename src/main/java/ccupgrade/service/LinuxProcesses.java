package ccupgrade.service;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code /proc}, as proc(5) describes it. */
public final class LinuxProcesses implements Processes {

    private static final Path PROC = Path.of("/proc");

    @Override
    public List<Seen> startedWith(String entry) throws IOException {
        List<Seen> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC)) {
            for (Path each : entries) {
                String name = String.valueOf(each.getFileName());
                if (isNumber(name) && environment(Long.parseLong(name)).contains(entry)) {
                    find(Long.parseLong(name)).ifPresent(found::add);
                }
            }
        }
        return found;
    }

    private static boolean isNumber(String name) {
        return name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    @Override
    public Optional<Seen> find(long pid) throws IOException {
        String stat;
        try {
            stat = Files.readString(directory(pid).resolve("stat"), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            // ESRCH, when the process ends between opening and reading.
            if (Files.exists(directory(pid).resolve("stat"))) {
                throw e;
            }
            return Optional.empty();
        }
        // The name is in parentheses and may itself hold blanks and parentheses: the fields count from the last one.
        int open = stat.indexOf('(');
        int close = stat.lastIndexOf(')');
        String[] fields = stat.substring(close + 2).trim().split(" ");
        return Optional.of(new Seen(
                pid,
                Long.parseLong(fields[19]),
                fields[0].charAt(0),
                Long.parseLong(fields[3]),
                stat.substring(open + 1, close)));
    }

    @Override
    public List<String> environment(long pid) {
        return zeroSeparated(directory(pid).resolve("environ"));
    }

    @Override
    public boolean shares(long pid, Path directory) {
        Path its = Path.of(directory(pid) + "/root" + directory.toAbsolutePath());
        try {
            return !Files.exists(its) || Files.isSameFile(its, directory);
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public List<String> commandLine(long pid) {
        return zeroSeparated(directory(pid).resolve("cmdline"));
    }

    @Override
    public Optional<Instant> startedAt(long pid) {
        return ProcessHandle.of(pid).flatMap(handle -> handle.info().startInstant());
    }

    @Override
    public List<Path> openFiles(long pid) {
        List<Path> files = new ArrayList<>();
        addTarget(directory(pid).resolve("exe"), files);
        try (DirectoryStream<Path> descriptors =
                Files.newDirectoryStream(directory(pid).resolve("fd"))) {
            for (Path descriptor : descriptors) {
                addTarget(descriptor, files);
            }
        } catch (IOException e) {
            // Gone, or somebody else's: what is not seen is not known, and nobody concludes anything from it.
            return files;
        }
        return files;
    }

    @Override
    public String bootId() throws IOException {
        return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
    }

    @Override
    public long self() {
        return ProcessHandle.current().pid();
    }

    @Override
    public boolean signal(Seen process, boolean force) throws IOException {
        // The handle notes the start time and checks it again when it sends, so the look in between leaves no gap.
        Optional<ProcessHandle> handle = ProcessHandle.of(process.pid());
        Optional<Seen> now = find(process.pid());
        if (handle.isEmpty() || now.isEmpty() || !now.get().isSame(process) || process.pid() == self()) {
            return false;
        }
        return force ? handle.get().destroyForcibly() : handle.get().destroy();
    }

    private static Path directory(long pid) {
        return PROC.resolve(Long.toString(pid));
    }

    private static void addTarget(Path link, List<Path> files) {
        try {
            Path target = Files.readSymbolicLink(link);
            if (target.isAbsolute()) {
                files.add(target);
            }
        } catch (IOException e) {
            // As above: closed meanwhile, or not ours to see.
            return;
        }
    }

    private static List<String> zeroSeparated(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (FileSystemException e) {
            return List.of();
        } catch (IOException e) {
            // ESRCH: ended while we read.
            return List.of();
        }
        List<String> entries = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                entries.add(new String(bytes, start, i - start, ENCODING));
                start = i + 1;
            }
        }
        return entries;
    }

    /** The encoding that the JVM itself uses for names of files and for environments. */
    private static final Charset ENCODING =
            Charset.forName(System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name()));
}
