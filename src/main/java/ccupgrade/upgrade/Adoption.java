package ccupgrade.upgrade;

import ccupgrade.config.Deployment;
import ccupgrade.disk.Checksum;
import ccupgrade.disk.Disk;
import ccupgrade.disk.LockFile;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Busy;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Kind;
import ccupgrade.release.Release;
import ccupgrade.release.ReleaseRecord;
import ccupgrade.release.Staged;
import ccupgrade.release.Verdict;
import ccupgrade.service.Status;
import ccupgrade.words.Words;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes the executables of a service that was upgraded by hand until now as releases: those beside the link, in {@code archive}, and where
 * the link leads, whose names begin with a date ({@code 20240131-cc-backend}) or with seconds since 1970; and whatever the service is
 * started from. They stay where they lie. The link keeps its place, and names the stored release from then on.
 */
public final class Adoption {

    private static final String ARCHIVE = "archive";

    /** A date of eight digits or Unix seconds; then nothing, or a name. */
    private static final Pattern NAME = Pattern.compile("([0-9]{8}|[0-9]{9,10})(?:[-_.](.+))?");

    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

    private final Site site;
    private final Path home;
    private final Path link;

    public Adoption(Deployment deployment, Surroundings surroundings) {
        this.site = Site.toLookAt(deployment, surroundings);
        this.home = deployment.home();
        this.link = deployment.link();
    }

    /**
     * An executable that may be taken.
     *
     * @param name relative to the home
     * @param installed as its name says, else when it was last written
     * @param current whether the service is started from it
     */
    public record Candidate(String name, Path file, Instant installed, long size, boolean current) {}

    /**
     * One that was.
     *
     * @param origin the name that it had, and still has
     * @param sharesFile whether that is a second name of the release's own file: who writes into it changes the release
     */
    public record Adopted(String origin, Release release, boolean current, boolean sharesFile) {}

    /** What {@link #adopt} would take, oldest first. Changes nothing. */
    public List<Candidate> candidates() throws Failed {
        try {
            Optional<Path> started = started();
            Set<Path> files = new LinkedHashSet<>();
            for (Path directory : directories(started)) {
                dated(directory).forEach(files::add);
            }
            started.ifPresent(files::add);
            List<Candidate> candidates = new ArrayList<>();
            for (Path file : files) {
                boolean current = started.isPresent() && started.get().equals(file);
                candidates.add(new Candidate(site.nameOf(file), file, installed(file), Files.size(file), current));
            }
            candidates.sort(Comparator.comparing(Candidate::installed).thenComparing(Candidate::name));
            return List.copyOf(candidates);
        } catch (IOException e) {
            throw new Failed("cannot look for releases in " + home, "run ccupgrade as a user who may read it", e);
        }
    }

    /**
     * Stores the candidates that are not stored yet, and points the link to the one that the service is started from. Repeated after a
     * crash, it goes on.
     *
     * @return what is new
     * @throws Refused when an operation was interrupted
     * @throws Busy when one is under way
     */
    public List<Adopted> adopt() throws Fault, IOException, InterruptedException {
        site.disk().createDirectories(site.deployment().dotDirectory());
        try (LockFile lock = LockFile.take(site.deployment().lock(), holder())) {
            assert lock != null;
            if (site.journals().open().isPresent()) {
                throw new Refused("cannot adopt anything: an operation was interrupted", "first: ccupgrade recover");
            }
            List<Adopted> adopted = new ArrayList<>();
            Verdict ofCurrent = runs() ? Verdict.GOOD : Verdict.UNTRIED;
            for (Candidate candidate : candidates()) {
                String sha256 = Checksum.sha256(candidate.file(), Progress.NONE);
                Optional<Release> before = site.releases().list().stream()
                        .filter(release -> sha256.equals(release.record().sha256()))
                        .findFirst();
                Release release = before.isPresent()
                        ? before.get()
                        : stored(candidate, sha256, candidate.current() ? ofCurrent : Verdict.UNTRIED);
                if (candidate.current()) {
                    point(release);
                }
                if (candidate.current() || before.isEmpty()) {
                    boolean shares =
                            Files.exists(candidate.file()) && Files.isSameFile(candidate.file(), release.file());
                    adopted.add(new Adopted(candidate.name(), release, candidate.current(), shares));
                }
            }
            return adopted;
        } catch (LockFile.Held e) {
            throw new Busy("cannot begin: another operation is under way: " + e.holder(), "wait for it");
        }
    }

    private String holder() {
        return Words.format(
                "adoption since %s by %s, process %d",
                site.clock().instant(),
                site.surroundings().who(),
                ProcessHandle.current().pid());
    }

    /** The file that the link leads to, or that lies in its place; empty when that is a release already, or nothing. */
    private Optional<Path> started() throws IOException {
        if (!Files.isRegularFile(link)) {
            return Optional.empty();
        }
        Path real = link.toRealPath();
        Path releases = site.deployment().releases();
        boolean isStored = Files.isDirectory(releases) && real.startsWith(releases.toRealPath());
        if (isStored || !isProgram(real)) {
            return Optional.empty();
        }
        // By the name that it has in the home as it was given.
        Path realHome = home.toRealPath();
        return Optional.of(real.startsWith(realHome) ? home.resolve(realHome.relativize(real)) : real);
    }

    private Set<Path> directories(Optional<Path> started) {
        Set<Path> directories = new TreeSet<>(List.of(home, home.resolve(ARCHIVE)));
        Stream.of(Optional.of(link), started)
                .flatMap(Optional::stream)
                .map(Path::getParent)
                .forEach(directories::add);
        directories.remove(site.deployment().releases());
        return directories;
    }

    private List<Path> dated(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                if (named(file).isPresent() && isProgram(file)) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private static boolean isProgram(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.isExecutable(file) && kind(file) != null;
    }

    private static @Nullable Kind kind(Path file) throws IOException {
        byte[] begin;
        try (InputStream in = Files.newInputStream(file)) {
            begin = in.readNBytes(ELF.length);
        }
        if (begin.length < ELF.length) {
            return null;
        }
        if (begin[0] == '#' && begin[1] == '!') {
            return Kind.SCRIPT;
        }
        return Arrays.equals(begin, ELF) ? Kind.EXECUTABLE : null;
    }

    private Instant installed(Path file) throws IOException {
        Optional<Instant> named = named(file);
        return named.isPresent() ? named.get() : Files.getLastModifiedTime(file).toInstant();
    }

    /** What the name says, when it is that of a release of this program: one of another begins with the date, too. */
    private Optional<Instant> named(Path file) {
        Matcher matcher = NAME.matcher(String.valueOf(file.getFileName()));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String rest = matcher.group(2);
        if (rest != null && !rest.startsWith(program())) {
            return Optional.empty();
        }
        String digits = matcher.group(1);
        try {
            Instant instant = digits.length() == 8
                    ? LocalDate.parse(digits, DateTimeFormatter.BASIC_ISO_DATE)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                    : Instant.ofEpochSecond(Long.parseLong(digits));
            return instant.isAfter(site.clock().instant()) ? Optional.empty() : Optional.of(instant);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private String program() {
        return String.valueOf(link.getFileName());
    }

    private boolean runs() throws IOException, InterruptedException {
        try {
            return site.service().status() instanceof Status.Running;
        } catch (Fault e) {
            // Whoever cannot be asked says nothing for the release.
            return false;
        }
    }

    private Release stored(Candidate candidate, String sha256, Verdict verdict)
            throws Fault, IOException, InterruptedException {
        Kind known = kind(candidate.file());
        Kind kind = known == null ? Kind.EXECUTABLE : known;
        // What it doesn't say stays unknown: it lay here before us.
        ReleaseVersions.Answer versions =
                new ReleaseVersions(site).of(new Staged(kind, candidate.file(), null, false), List.of());
        ReleaseRecord record = new ReleaseRecord(
                program(),
                versions.version(),
                sha256,
                candidate.size(),
                candidate.name(),
                candidate.installed(),
                verdict,
                verdict == Verdict.GOOD ? "it ran when it was adopted" : null,
                false,
                false,
                null,
                kind,
                null,
                versions.supports(),
                null);
        return site.releases().adopt(candidate.file(), freeEpoch(candidate.installed()), record);
    }

    /** The second of the name, or the next that no release has. */
    private long freeEpoch(Instant installed) throws Fault, IOException {
        long epoch = installed.getEpochSecond();
        while (site.releases().find(epoch).isPresent()) {
            epoch++;
        }
        return epoch;
    }

    /** At no moment is there nothing in the link's place: a file that lies there has its second name already, and is renamed over. */
    private void point(Release release) throws Fault, IOException {
        if (!Files.isSymbolicLink(link)) {
            if (Files.mismatch(link, release.file()) != -1) {
                throw new Failed(
                        "cannot replace " + link + " by a link: it was changed meanwhile",
                        "when nobody else changes it any more: ccupgrade init --adopt");
            }
            Path temporary = link.resolveSibling("." + program() + Disk.TEMPORARY_SUFFIX);
            site.disk().replaceLink(temporary, release.file());
            site.disk().move(temporary, link);
        }
        site.releases().activate(release.epoch());
    }
}
