package ccupgrade.upgrade;

import ccupgrade.disk.Disk;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Misuse;
import ccupgrade.fault.Refused;
import ccupgrade.release.Release;
import ccupgrade.saga.Facts;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Configuration files that a release needs otherwise than they are: {@code --replace FILE=NEW}. The new content is read, and durable, before
 * the service is stopped, and takes the files' place when the snapshot is.
 *
 * @param sources by file, as the configuration names it, the new content's path: absolute, or beginning with {@link #RELEASE_DIR}
 */
record Replacements(Map<String, String> sources) {

    /** Stands for the directory that the release is, or that its file lies in. */
    private static final String RELEASE_DIR = "{release-dir}";

    private static final long MOST_BYTES = 64L << 20;

    /**
     * @param files those that can be replaced
     * @param asked {@code FILE=NEW} each
     */
    static Replacements parse(List<String> files, List<String> asked) throws Misuse {
        Map<String, String> sources = new LinkedHashMap<>();
        for (String each : asked) {
            String file = fileOf(files, each);
            String source = each.substring(file.length() + 1);
            if (source.isEmpty() || source.indexOf('\n') >= 0) {
                throw new Misuse("cannot read --replace " + each + ": no file follows the =", "--replace FILE=NEW");
            }
            String absolute = source.startsWith(RELEASE_DIR)
                    ? source
                    : Path.of(source).toAbsolutePath().toString();
            if (sources.put(file, absolute) != null) {
                throw new Misuse("cannot replace " + file + " twice", null);
            }
        }
        return new Replacements(sources);
    }

    private static String fileOf(List<String> files, String asked) throws Misuse {
        for (String file : files) {
            if (asked.startsWith(file + "=")) {
                return file;
            }
        }
        throw new Misuse(
                "cannot read --replace " + asked + ": it does not begin with a file that is kept, and a =",
                files.isEmpty()
                        ? "name the file in files of [state], so that it is kept and put back"
                        : "--replace FILE=NEW, where FILE is " + String.join(" or ", files)
                                + "; others can be named in files of [state]");
    }

    static Replacements of(Facts facts) {
        Map<String, String> sources = new LinkedHashMap<>();
        String lines = Objects.requireNonNullElse(facts.get(Fact.REPLACE), "");
        for (String line : lines.lines().toList()) {
            String[] words = line.split("\t", 2);
            sources.put(words[0], words[1]);
        }
        return new Replacements(sources);
    }

    /** What {@link #of} reads. */
    String text() {
        return sources.entrySet().stream()
                .map(each -> each.getKey() + "\t" + each.getValue())
                .collect(Collectors.joining("\n"));
    }

    boolean isEmpty() {
        return sources.isEmpty();
    }

    /** @throws Refused when there are some, though there is nothing to install */
    void refuseWithout(Release installed) throws Refused {
        if (!isEmpty()) {
            throw new Refused(
                    "cannot replace " + files() + ": " + installed.label() + " is already installed and current",
                    "edit the file, and restart the service");
        }
    }

    /** For a reader. */
    String files() {
        return String.join(", ", sources.keySet());
    }

    private static Path resolve(String source, Path releaseDir) {
        return source.startsWith(RELEASE_DIR)
                ? Path.of(releaseDir + source.substring(RELEASE_DIR.length()))
                : Path.of(source);
    }

    /**
     * What can be said beforehand.
     *
     * @param releaseDir the directory that the release is, stored or not, or lies in
     */
    List<Finding> look(Site site, Path releaseDir) throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (Map.Entry<String, String> each : sources.entrySet()) {
            findings.add(look(site, each.getKey(), resolve(each.getValue(), releaseDir)));
        }
        return findings;
    }

    private static Finding look(Site site, String file, Path source) throws IOException {
        String cannot = "cannot replace " + file + " by " + source + ": ";
        String remedy = "name a file that can be read: --replace " + file + "=FILE";
        if (!Files.isRegularFile(source) || !Files.isReadable(source)) {
            return Finding.refused(
                    "replace",
                    cannot + (Files.exists(source) ? "it cannot be read as a file" : "there is no such file"),
                    remedy);
        }
        if (Files.size(source) > MOST_BYTES) {
            return Finding.refused("replace", cannot + "it has " + Words.bytes(Files.size(source)), remedy);
        }
        Path live = site.deployment().home().resolve(file);
        if (Files.isReadable(live) && Files.mismatch(live, source) == -1) {
            return Finding.note("replace", file + " is what " + source + " holds already");
        }
        return Finding.ok(
                "replace",
                Words.format(
                        "%s %s, by %s, %s",
                        file, Files.exists(live) ? "is replaced" : "is made", source, Words.bytes(Files.size(source))));
    }

    /** Reads all of them into the operation's directory. */
    void stage(Site site, long operation, Path releaseDir) throws Failed, IOException {
        if (isEmpty()) {
            return;
        }
        Disk disk = site.disk();
        Path directory = staged(site, operation);
        disk.deleteTree(directory);
        disk.createDirectories(directory);
        // They hold passwords as often as not.
        disk.setPermissions(directory, PosixFilePermissions.fromString("rwx------"));
        int number = 0;
        for (Map.Entry<String, String> each : sources.entrySet()) {
            Path source = resolve(each.getValue(), releaseDir);
            try {
                byte[] content = Files.readAllBytes(source);
                disk.create(directory.resolve(Integer.toString(++number)), out -> out.write(content));
            } catch (IOException e) {
                throw new Failed("cannot read " + source + ", which is to replace " + each.getKey(), null, e);
            }
        }
    }

    /** Where {@link #stage} puts them. */
    static Path staged(Site site, long operation) {
        return site.deployment().operation(operation).resolve("replacements");
    }

    /** Puts them in place of the copies that a rehearsal has of the live files. */
    void applyTo(StandIn stage, Site site) throws IOException {
        for (Map.Entry<String, String> each : sources.entrySet()) {
            Optional<Path> copy = stage.copyOfFile(site.deployment().home().resolve(each.getKey()));
            if (copy.isPresent()) {
                String source = each.getValue();
                Path file =
                        source.startsWith(RELEASE_DIR) ? resolve(source, stage.releaseDirectory()) : Path.of(source);
                site.snapshots().replaceFile(copy.get(), Files.readAllBytes(file));
            }
        }
    }

    /** Puts them in place of the live files. What is there already is left alone. */
    void apply(Site site, long operation) throws IOException {
        int number = 0;
        for (String file : sources.keySet()) {
            byte[] content = Files.readAllBytes(staged(site, operation).resolve(Integer.toString(++number)));
            Path live = site.deployment().home().resolve(file);
            if (!Files.exists(live) || !Arrays.equals(Files.readAllBytes(live), content)) {
                site.snapshots().replaceFile(live, content);
            }
        }
        if (!isEmpty()) {
            site.disk().deleteTree(staged(site, operation));
        }
    }
}
