package ccupgrade.power;

import ccupgrade.power.Op.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** What is on a disk: a tree of directories, files and links. Copies share what they have in common. */
final class Image {

    static final int ROOT = 0;

    /** A file's or link's content and mode. */
    static final class Node {
        private final char type;
        private final byte[] bytes;
        private final int mode;
        private volatile String hash;

        Node(char type, byte[] bytes, int mode) {
            this.type = type;
            this.bytes = bytes;
            this.mode = mode;
        }

        char type() {
            return type;
        }

        /** Not to be changed. */
        byte[] bytes() {
            return bytes;
        }

        int mode() {
            return mode;
        }

        /** Computed once for all images that share it. */
        String hash() {
            if (hash == null) {
                hash = sha256(bytes);
            }
            return hash;
        }
    }

    private final Map<Integer, Node> nodes;
    private final Map<Integer, TreeMap<String, Integer>> directories;

    Image() {
        this(new HashMap<>(), new HashMap<>());
        directories.put(ROOT, new TreeMap<>());
        nodes.put(ROOT, new Node('d', new byte[0], 0755));
    }

    private Image(Map<Integer, Node> nodes, Map<Integer, TreeMap<String, Integer>> directories) {
        this.nodes = nodes;
        this.directories = directories;
    }

    /** Independent of this one. */
    Image copy() {
        Map<Integer, TreeMap<String, Integer>> copies = new HashMap<>();
        directories.forEach((number, names) -> copies.put(number, new TreeMap<>(names)));
        return new Image(new HashMap<>(nodes), copies);
    }

    /** A file that has no name yet. */
    int add(char type, byte[] bytes, int mode) {
        int number = nodes.size();
        add(number, new Node(type, bytes, mode));
        return number;
    }

    void add(int number, Node node) {
        nodes.put(number, node);
        if (node.type == 'd') {
            directories.put(number, new TreeMap<>());
        }
    }

    Node node(int number) {
        return nodes.get(number);
    }

    /** @return -1 when there is no such name */
    int find(Path relative) {
        int number = ROOT;
        for (Path name : relative) {
            if (!name.toString().isEmpty()) {
                TreeMap<String, Integer> names = directories.get(number);
                number = names == null ? Entry.NOBODY : names.getOrDefault(name.toString(), Entry.NOBODY);
            }
        }
        return number;
    }

    void apply(Op op) {
        if (op instanceof Op.Names names) {
            for (Entry entry : names.entries()) {
                if (entry.file() == Entry.NOBODY) {
                    directories.get(entry.directory()).remove(entry.name());
                } else {
                    directories.get(entry.directory()).put(entry.name(), entry.file());
                }
            }
        } else if (op instanceof Op.Write write) {
            Node node = nodes.get(write.file());
            int end = (int) write.offset() + write.bytes().length;
            byte[] bytes = Arrays.copyOf(node.bytes, Math.max(node.bytes.length, end));
            System.arraycopy(write.bytes(), 0, bytes, (int) write.offset(), write.bytes().length);
            nodes.put(write.file(), new Node(node.type, bytes, node.mode));
        } else if (op instanceof Op.Resize resize) {
            Node node = nodes.get(resize.file());
            nodes.put(resize.file(), new Node(node.type, Arrays.copyOf(node.bytes, (int) resize.size()), node.mode));
        } else if (op instanceof Op.Mode mode) {
            Node node = nodes.get(mode.file());
            nodes.put(mode.file(), new Node(node.type, node.bytes, mode.mode()));
        }
    }

    /** Every name that can be reached, directories before what is in them. */
    void walk(BiConsumer<Path, Node> visitor) {
        walk(ROOT, Path.of(""), visitor);
    }

    private void walk(int directory, Path path, BiConsumer<Path, Node> visitor) {
        directories.get(directory).forEach((name, number) -> {
            visitor.accept(path.resolve(name), nodes.get(number));
            if (directories.containsKey(number)) {
                walk(number, path.resolve(name), visitor);
            }
        });
    }

    /** Equal for images that recovery cannot tell apart: of files that are there for readers alone only the names count. */
    String fingerprint() {
        StringBuilder text = new StringBuilder();
        walk((path, node) -> {
            text.append(path).append(' ').append(node.type).append(node.mode).append(' ');
            text.append(isForReaders(path) ? "" : node.hash()).append('\n');
        });
        return sha256(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** SQLite makes {@code -shm} anew when it is the first to open a database. */
    static boolean isForReaders(Path path) {
        String name = path.toString();
        return name.endsWith(".log") || name.endsWith("/lock") || name.endsWith("-shm");
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes an empty directory this image. */
    void writeTo(Path directory) throws IOException {
        Map<Path, Node> all = new TreeMap<>();
        walk(all::put);
        for (Map.Entry<Path, Node> each : all.entrySet()) {
            Path file = directory.resolve(each.getKey().toString());
            Node node = each.getValue();
            switch (node.type) {
                case 'd' -> Files.createDirectory(file);
                case 'l' -> Files.createSymbolicLink(file, Path.of(new String(node.bytes, StandardCharsets.UTF_8)));
                default -> Files.write(file, node.bytes);
            }
            if (node.type != 'l') {
                Files.setPosixFilePermissions(file, permissions(node.mode));
            }
        }
    }

    static Image of(Path directory) throws IOException {
        Image image = new Image();
        image.read(directory, ROOT);
        return image;
    }

    private void read(Path directory, int number) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : children.sorted().toList()) {
                int mode = (int) Files.getAttribute(child, "unix:mode", java.nio.file.LinkOption.NOFOLLOW_LINKS) & 0777;
                boolean isLink = Files.isSymbolicLink(child);
                boolean isDirectory = !isLink && Files.isDirectory(child);
                byte[] bytes = isLink
                        ? Files.readSymbolicLink(child).toString().getBytes(StandardCharsets.UTF_8)
                        : isDirectory ? new byte[0] : Files.readAllBytes(child);
                int added = add(isLink ? 'l' : isDirectory ? 'd' : 'f', bytes, mode);
                directories.get(number).put(String.valueOf(child.getFileName()), added);
                if (isDirectory) {
                    read(child, added);
                }
            }
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> set = java.util.EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int i = 0; i < all.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                set.add(all[i]);
            }
        }
        return set;
    }
}
