package ccupgrade.release;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The SHA-256 of each file of a release that came out of an archive, in the format of {@code sha256sum}, so that this also tells whether
 * it is whole: {@code cd releases && sha256sum -c 1700000000.sha256}. A link to a file is listed with what it leads to.
 */
final class Listing {

    private Listing() {}

    /**
     * @param place the file or the directory
     * @param stored its name when it is published
     */
    static byte[] of(Path place, String stored, Progress progress) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> file : hashes(place, stored, progress).entrySet()) {
            // As sha256sum writes a name with a backslash in it.
            String name = file.getKey().replace("\\", "\\\\");
            text.append(name.equals(file.getKey()) ? "" : "\\")
                    .append(file.getValue())
                    .append("  ")
                    .append(name)
                    .append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** What is missing, altered or additional; a line each. */
    static List<String> compare(Path listing, Path place, Progress progress) throws Failed, IOException {
        Map<String, String> now = hashes(place, String.valueOf(place.getFileName()), progress);
        List<String> differences = new ArrayList<>();
        for (Map.Entry<String, String> was : read(listing).entrySet()) {
            String is = now.remove(was.getKey());
            if (is == null) {
                differences.add(was.getKey() + " is missing");
            } else if (!is.equals(was.getValue())) {
                differences.add(was.getKey() + " was altered");
            }
        }
        now.keySet().forEach(name -> differences.add(name + " was added"));
        return differences;
    }

    private static Map<String, String> read(Path listing) throws Failed, IOException {
        Map<String, String> hashes = new TreeMap<>();
        String text = new String(Files.readAllBytes(listing), StandardCharsets.UTF_8);
        for (String line : text.lines().toList()) {
            boolean escaped = line.startsWith("\\");
            String plain = escaped ? line.substring(1) : line;
            if (plain.length() < 67 || !plain.startsWith("  ", 64)) {
                throw new Failed("cannot understand " + listing + ": it is damaged", null);
            }
            String name = plain.substring(66);
            hashes.put(escaped ? name.replace("\\\\", "\\") : name, plain.substring(0, 64));
        }
        return hashes;
    }

    private static Map<String, String> hashes(Path place, String stored, Progress progress) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            hashes.put(stored, Checksum.sha256(place, progress));
            return hashes;
        }
        List<Path> files;
        try (Stream<Path> found = Files.walk(place)) {
            files = found.filter(file -> !Files.isDirectory(file)).toList();
        }
        for (Path file : files) {
            String hash = Files.isRegularFile(file) ? Checksum.sha256(file, progress) : "";
            hashes.put(stored + "/" + place.relativize(file), hash);
        }
        return hashes;
    }
}
