package ccupgrade.upgrade;

import ccupgrade.config.Deployment;
import ccupgrade.disk.Progress;
import ccupgrade.service.Isolation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts into a {@link StandIn} what a home has besides its databases: small files as copies, what is larger as it is, for reading only. The
 * releases and what is ccupgrade's own are left out.
 */
final class Furnishing {

    /** Configuration is small; what is larger is data. */
    private static final long LARGEST_FILE = 1L << 20;

    private static final int MOST_FILES = 200;

    private static final List<String> SIDES = List.of("", "-wal", "-shm", "-journal");

    private final Site site;
    private final Path home;
    private final boolean canShow;

    /**
     * @param home the stand-in's
     * @param canShow whether what is not copied can be seen there as it is
     */
    Furnishing(Site site, Path home, boolean canShow) {
        this.site = site;
        this.home = home;
        this.canShow = canShow;
    }

    /**
     * @param archive the real place of the archive; null where there is none
     * @param archiveIsThere whether it is to be seen in the stand-in already
     * @param without what else is left out
     * @param notes where what is not there is told
     */
    void furnish(@Nullable Path archive, boolean archiveIsThere, Path without, List<String> notes) throws IOException {
        Path liveHome = site.deployment().home().toRealPath();
        Set<Path> leftOut = new HashSet<>(List.of(
                liveHome.resolve(Deployment.DOT_DIRECTORY),
                site.deployment().releases().toAbsolutePath(),
                without.toAbsolutePath()));
        if (archive != null && archiveIsThere) {
            leftOut.add(archive);
        }
        Set<Path> databases = new HashSet<>();
        for (Path database : site.databases()) {
            for (String side : SIDES) {
                databases.add(StandIn.real(database).resolveSibling(database.getFileName() + side));
            }
        }
        Set<Path> files = new HashSet<>();
        for (Path file : site.files()) {
            if (file.startsWith(site.deployment().home())) {
                files.add(liveHome.resolve(site.deployment().home().relativize(file)));
            }
        }
        furnish(liveHome, new Plan(liveHome, leftOut, databases, files, archive, notes));
    }

    /**
     * @param files configuration files, which are copied whatever their size
     * @param archive null where there is none
     */
    private record Plan(
            Path liveHome,
            Set<Path> without,
            Set<Path> databases,
            Set<Path> files,
            @Nullable Path archive,
            List<String> notes) {

        boolean holdsWhatIsCopied(Path found) {
            return Stream.concat(databases.stream(), files.stream()).anyMatch(file -> file.startsWith(found));
        }
    }

    private void furnish(Path live, Plan plan) throws IOException {
        makeLike(live, standInFor(live, plan));
        List<Path> entries;
        try (Stream<Path> found = Files.list(live)) {
            entries = found.filter(entry -> !plan.without.contains(entry) && !plan.databases.contains(entry))
                    .toList();
        }
        for (Path entry : entries) {
            Path copy = standInFor(entry, plan);
            if (plan.files.contains(entry)) {
                if (Files.exists(entry)) {
                    // Of a link what it leads to, so that nothing is written there.
                    site.disk().copy(entry.toRealPath(), copy, Progress.NONE);
                }
            } else if (Files.isSymbolicLink(entry)) {
                site.disk().replaceLink(copy, Files.readSymbolicLink(entry));
            } else if (Files.isDirectory(entry)) {
                if (entry.equals(plan.archive)) {
                    show(entry, copy, plan);
                } else if (plan.holdsWhatIsCopied(entry)
                        || plan.archive != null && plan.archive.startsWith(entry)
                        || isSmall(entry)) {
                    furnish(entry, plan);
                } else {
                    show(entry, copy, plan);
                }
            } else if (Files.isRegularFile(entry) && Files.isReadable(entry)) {
                if (Files.size(entry) <= LARGEST_FILE) {
                    site.disk().copy(entry, copy, Progress.NONE);
                } else {
                    show(entry, copy, plan);
                }
            }
        }
    }

    private Path standInFor(Path live, Plan plan) {
        return home.resolve(plan.liveHome.relativize(live));
    }

    /** The live one itself, but for reading only. */
    private void show(Path live, Path copy, Plan plan) throws IOException {
        if (canShow) {
            site.disk()
                    .replaceLink(
                            copy,
                            site.deployment()
                                    .home()
                                    .resolve(Isolation.READ_ONLY)
                                    .resolve(plan.liveHome.relativize(live)));
        } else {
            plan.notes.add(site.nameOf(live) + " is not there in the rehearsal, because it is large");
        }
    }

    private static boolean isSmall(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> some = files.limit(MOST_FILES + 1).toList();
            if (some.size() > MOST_FILES) {
                return false;
            }
            for (Path file : some) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) > LARGEST_FILE) {
                    return false;
                }
            }
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** The release may run as another user than we do. */
    void giveAway(Path copy, Path owned, int permissions) throws IOException {
        if (site.surroundings().user().equals("root")) {
            int user = (int) Files.getAttribute(owned, "unix:uid");
            int group = (int) Files.getAttribute(owned, "unix:gid");
            site.disk().setOwner(copy, user, group, permissions);
        }
    }

    /** Makes a directory as the live one is, without its content. */
    void makeLike(Path live, Path copy) throws IOException {
        site.disk().createDirectories(copy);
        giveAway(copy, live, (int) Files.getAttribute(live, "unix:mode") & 07777);
    }
}
