package ccupgrade.power;

import ccupgrade.power.Op.Entry;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what strace has seen of all processes of a command, and keeps what concerns one directory. */
final class Trace {

    /** What is asked of strace: descriptors with their paths, all strings in full and as hexadecimal. */
    static List<String> command(Path output) {
        return List.of(
                "strace",
                "-f",
                "--seccomp-bpf",
                "-y",
                "-xx",
                "-s",
                "10000000",
                "-o",
                output.toString(),
                "-e",
                "trace=" + CALLS);
    }

    private static final String CALLS =
            "open,openat,creat,lseek,write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range,truncate,ftruncate,"
                    + "fallocate,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,"
                    + "chmod,fchmod,fchmodat,fsync,fdatasync,syncfs";

    private static final Pattern UNFINISHED = Pattern.compile("^(\\d+) +(.*) <unfinished \\.\\.\\.>$");
    private static final Pattern RESUMED = Pattern.compile("^(\\d+) +<\\.\\.\\. \\w+ resumed>(.*)$");
    private static final Pattern CALL = Pattern.compile("^(\\d+) +(\\w+)\\((.*)\\) += (\\d+)(?:<.*)?$");
    private static final Pattern STRING = Pattern.compile("\"((?:\\\\x[0-9a-f]{2})*)\"");
    private static final Pattern DESCRIPTOR = Pattern.compile("^(-?\\w+)<((?:\\\\x[0-9a-f]{2})*)>(\\(deleted\\))?$");

    private final Path home;
    private final Image now;
    private final List<Op> ops = new ArrayList<>();
    private final Map<Integer, Image.Node> born = new HashMap<>();

    /** Where the next write goes that does not say it, by file and number of the descriptor; absent: at the end. */
    private final Map<String, Long> positions = new HashMap<>();

    /** How far sendfile has read, by path and number of the descriptor. */
    private final Map<String, Integer> sent = new HashMap<>();

    private Trace(Path home, Image before) {
        this.home = home;
        this.now = before.copy();
    }

    /** @param before the directory when the command began */
    static Recording read(Path file, Path home, Image before) throws IOException {
        Trace trace = new Trace(home, before);
        Map<String, String> halves = new HashMap<>();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher unfinished = UNFINISHED.matcher(line);
                if (unfinished.matches()) {
                    halves.put(unfinished.group(1), unfinished.group(2));
                    continue;
                }
                // A call counts from when it returned: nobody could rely on it before.
                Matcher resumed = RESUMED.matcher(line);
                if (resumed.matches()) {
                    line = resumed.group(1) + " " + halves.remove(resumed.group(1)) + resumed.group(2);
                }
                Matcher call = CALL.matcher(line);
                if (call.matches()) {
                    trace.take(call.group(2), split(call.group(3)), Long.parseLong(call.group(4)));
                }
            }
        }
        return Recording.of(before, trace.born, trace.ops, trace.now);
    }

    private static List<String> split(String arguments) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < arguments.length(); i++) {
            char c = arguments.charAt(i);
            depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
            if (c == ',' && depth == 0) {
                parts.add(arguments.substring(start, i).strip());
                start = i + 1;
            }
        }
        parts.add(arguments.substring(start).strip());
        return parts;
    }

    private void take(String call, List<String> a, long result) {
        switch (call) {
            case "open", "creat" ->
                open(path(null, a.get(0)), call.equals("creat") ? "O_CREAT|O_TRUNC" : a.get(1), a, result);
            case "openat" -> open(path(a.get(0), a.get(1)), a.get(2), a, result);
            case "lseek" -> seek(a.get(0), result);
            case "write", "writev" -> write(a.get(0), bytes(a.get(1), result), null);
            case "pwrite64", "pwritev", "pwritev2" ->
                write(a.get(0), bytes(a.get(1), result), Long.valueOf(a.get(3).strip()));
            case "ftruncate" -> change(file(a.get(0)), a.get(1), true);
            case "truncate" -> change(now.find(inside(path(null, a.get(0)))), a.get(1), true);
            case "fchmod" -> change(file(a.get(0)), a.get(1), false);
            case "chmod" -> change(find(path(null, a.get(0))), a.get(1), false);
            case "fchmodat" -> change(find(path(a.get(0), a.get(1))), a.get(2), false);
            case "fsync", "fdatasync" -> sync(file(a.get(0)));
            case "syncfs" -> syncAll();
            case "rename" -> rename(path(null, a.get(0)), path(null, a.get(1)));
            case "renameat", "renameat2" -> rename(path(a.get(0), a.get(1)), path(a.get(2), a.get(3)));
            case "link" -> link(path(null, a.get(0)), path(null, a.get(1)));
            case "linkat" -> link(path(a.get(0), a.get(1)), path(a.get(2), a.get(3)));
            case "symlink" -> make(path(null, a.get(1)), 'l', decode(a.get(0)), 0777);
            case "symlinkat" -> make(path(a.get(1), a.get(2)), 'l', decode(a.get(0)), 0777);
            case "unlink", "rmdir" -> remove(path(null, a.get(0)));
            case "unlinkat" -> remove(path(a.get(0), a.get(1)));
            case "mkdir" -> make(path(null, a.get(0)), 'd', new byte[0], octal(a.get(1)) & ~022);
            case "mkdirat" -> make(path(a.get(0), a.get(1)), 'd', new byte[0], octal(a.get(2)) & ~022);
            case "sendfile" -> write(a.get(0), sent(a.get(1), a.get(2), (int) result), null);
            default -> {
                // copy_file_range, fallocate: where one of them changes a file of ours, the model must learn
                // it.
                if (file(a.get(0)) >= 0 || (a.size() > 2 && file(a.get(2)) >= 0)) {
                    throw new IllegalStateException("the model does not know " + call);
                }
            }
        }
    }

    private void open(Path path, String flags, List<String> arguments, long descriptor) {
        sent.remove(path + " " + descriptor);
        if (!path.startsWith(home)) {
            return;
        }
        int file = find(path);
        if (file < 0 && flags.contains("O_CREAT")) {
            make(path, 'f', new byte[0], octal(arguments.get(arguments.size() - 1)) & ~022);
            file = find(path);
        } else if (file >= 0 && flags.contains("O_TRUNC") && now.node(file).bytes().length > 0) {
            add(new Op.Resize(file, 0));
        }
        if (flags.contains("O_APPEND")) {
            positions.remove(file + " " + descriptor);
        } else {
            positions.put(file + " " + descriptor, 0L);
        }
    }

    private void seek(String descriptor, long position) {
        positions.computeIfPresent(file(descriptor) + " " + number(descriptor), (key, old) -> position);
    }

    /** What sendfile took from a descriptor: of a file of ours, or of one that still is what it was. */
    private byte[] sent(String descriptor, String offset, int count) {
        Matcher matcher = DESCRIPTOR.matcher(descriptor);
        if (!matcher.matches() || !offset.equals("NULL")) {
            throw new IllegalStateException("the model does not know such a sendfile: " + descriptor + " " + offset);
        }
        Path source = Path.of(new String(decode(matcher.group(2)), StandardCharsets.UTF_8));
        int from = sent.merge(source + " " + matcher.group(1), count, Integer::sum) - count;
        int file = find(source);
        try {
            byte[] all = file >= 0 ? now.node(file).bytes() : Files.readAllBytes(source);
            return Arrays.copyOfRange(all, from, from + count);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String descriptor, byte[] bytes, Long offset) {
        int file = file(descriptor);
        if (file < 0 || bytes.length == 0) {
            return;
        }
        String key = file + " " + number(descriptor);
        long at = offset != null
                ? offset
                : positions.getOrDefault(key, (long) now.node(file).bytes().length);
        if (offset == null && positions.containsKey(key)) {
            positions.put(key, at + bytes.length);
        }
        add(new Op.Write(file, at, bytes));
    }

    private void change(int file, String value, boolean size) {
        if (file >= 0) {
            add(size ? new Op.Resize(file, Long.parseLong(value)) : new Op.Mode(file, octal(value)));
        }
    }

    private void sync(int number) {
        if (number >= 0) {
            ops.add(new Op.Sync(number));
        }
    }

    /** One after the other, as the kernel does it: the power may fail in between. */
    private void syncAll() {
        Set<Integer> changed = new LinkedHashSet<>();
        for (Op op : ops) {
            if (op instanceof Op.FileChange file) {
                changed.add(file.file());
            } else if (op instanceof Op.Names names) {
                changed.addAll(names.directories());
            } else if (op instanceof Op.Sync sync) {
                changed.remove(sync.number());
            }
        }
        changed.forEach(this::sync);
    }

    private void make(Path path, char type, byte[] bytes, int mode) {
        if (path.startsWith(home)) {
            int file = now.add(type, bytes, mode);
            born.put(file, now.node(file));
            add(new Op.Names(List.of(entry(path, file)), null));
        }
    }

    private void link(Path old, Path path) {
        add(new Op.Names(List.of(entry(path, find(old))), null));
    }

    private void remove(Path path) {
        if (path.startsWith(home)) {
            add(new Op.Names(List.of(entry(path, Entry.NOBODY)), null));
        }
    }

    private void rename(Path from, Path to) {
        if (!from.startsWith(home)) {
            return;
        }
        Entry gone = entry(from, Entry.NOBODY);
        Entry there = entry(to, find(from));
        if (gone.directory() == there.directory() || now.node(there.file()).type() == 'd') {
            add(new Op.Names(List.of(there, gone), null));
        } else {
            Op.Names arrival = new Op.Names(List.of(there), null);
            add(arrival);
            add(new Op.Names(List.of(gone), arrival));
        }
    }

    private void add(Op.Change change) {
        now.apply(change);
        ops.add(change);
    }

    private Entry entry(Path path, int file) {
        return new Entry(now.find(inside(path.getParent())), String.valueOf(path.getFileName()), file);
    }

    private int find(Path path) {
        return path.startsWith(home) ? now.find(inside(path)) : Entry.NOBODY;
    }

    private Path inside(Path path) {
        return home.relativize(path);
    }

    /** The file behind a descriptor; -1 when it is none of ours, or has no name any more. */
    private int file(String descriptor) {
        Matcher matcher = DESCRIPTOR.matcher(descriptor);
        return matcher.matches() && matcher.group(3) == null
                ? find(Path.of(new String(decode(matcher.group(2)), StandardCharsets.UTF_8)))
                : Entry.NOBODY;
    }

    private static String number(String descriptor) {
        return descriptor.substring(0, Math.max(0, descriptor.indexOf('<')));
    }

    private Path path(String directory, String name) {
        Path path = Path.of(new String(decode(name), StandardCharsets.UTF_8));
        Matcher base = DESCRIPTOR.matcher(directory == null ? "" : directory);
        Path at = base.matches() ? Path.of(new String(decode(base.group(2)), StandardCharsets.UTF_8)) : home;
        return at.resolve(path).normalize();
    }

    private static byte[] bytes(String argument, long count) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Matcher strings = STRING.matcher(argument);
        while (strings.find()) {
            all.writeBytes(decode(strings.group(1)));
        }
        return Arrays.copyOf(all.toByteArray(), (int) count);
    }

    private static byte[] decode(String hex) {
        int start = hex.startsWith("\"") ? 1 : 0;
        byte[] bytes = new byte[(hex.length() - start) / 4];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(hex, start + 4 * i + 2, start + 4 * i + 4, 16);
        }
        return bytes;
    }

    private static int octal(String text) {
        return Integer.parseInt(text.replaceFirst(".*\\|", ""), 8) & 0777;
    }
}
