package ccupgrade.release;

import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file with the SHA-256 of several others, as {@code sha256sum} writes it, or {@code sha256sum --tag} and the BSDs do. */
final class ChecksumFile {

    private static final long LARGEST = 16L << 20;

    private static final Pattern PLAIN = Pattern.compile("\\\\?([0-9a-fA-F]{64}) [ *](.+)");
    private static final Pattern TAGGED = Pattern.compile("\\\\?SHA256 ?\\((.+)\\) ?= ?([0-9a-fA-F]{64})");

    private ChecksumFile() {}

    /**
     * @param name of the file that is looked for; directories before it in the list are of no meaning
     * @return lower-case hexadecimal digits
     * @throws Refused when it is not listed exactly once
     */
    static String sha256(Path list, String name) throws Refused, Failed, IOException {
        GivenFile.check(list);
        if (Files.size(list) > LARGEST) {
            throw new Refused("cannot use " + list + ": it is too large to be a list of checksums", null);
        }
        List<String> found = new ArrayList<>();
        int lines = 0;
        for (String line : new String(Files.readAllBytes(list), StandardCharsets.UTF_8)
                .lines()
                .toList()) {
            Matcher plain = PLAIN.matcher(line);
            Matcher tagged = TAGGED.matcher(line);
            if (plain.matches()) {
                lines++;
                addIfNamed(name, plain.group(2), plain.group(1), found);
            } else if (tagged.matches()) {
                lines++;
                addIfNamed(name, tagged.group(1), tagged.group(2), found);
            }
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        if (lines == 0) {
            throw new Refused("cannot use " + list + ": it lists no SHA-256", "give a file in the format of sha256sum");
        }
        throw new Refused(
                found.isEmpty()
                        ? "cannot find " + name + " in " + list + ", which lists " + lines + " other files"
                        : "cannot tell the SHA-256 of " + name + ": " + list + " lists it " + found.size() + " times",
                found.isEmpty() ? "keep the name that the file was published under" : null);
    }

    private static void addIfNamed(String name, String listed, String hash, List<String> found) {
        if (listed.substring(listed.lastIndexOf('/') + 1).equals(name)) {
            found.add(hash.toLowerCase(Locale.ROOT));
        }
    }
}
