package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.release.Kind;
import ccupgrade.release.Release;
import ccupgrade.state.Mounts;
import ccupgrade.state.Mounts.Mount;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether the file systems can do what an upgrade asks of them. */
final class FileSystemSubject implements Subject {

    private static final String ABOUT = "files";

    /** On which a lock may hold on one machine alone, or nowhere. {@code sqlite.org/faq.html}, question 5. */
    private static final Set<String> REMOTE =
            Set.of("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs", "fuse.glusterfs", "vboxsf");

    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

    /** XFS can where it was made so, as is usual since 2019. */
    private static final Set<String> CLONING = Set.of("btrfs", "xfs", "bcachefs", "ocfs2");

    private static final Set<String> WITHOUT_HARD_LINKS = Set.of("vfat", "msdos", "exfat");

    private final Site site;
    private final Mounts mounts;

    FileSystemSubject(Site site, Mounts mounts) {
        this.site = site;
        this.mounts = mounts;
    }

    @Override
    public List<Finding> findings() throws Fault, IOException {
        List<Finding> findings = new ArrayList<>();
        for (Use use : uses()) {
            look(use.mount(), String.join(", ", use.what()), findings);
        }
        executable().ifPresent(findings::add);
        findings.addAll(renames());
        return findings;
    }

    private record Use(Mount mount, Set<String> what) {}

    /** What lies on each of them. */
    private Collection<Use> uses() throws IOException {
        Map<Path, Use> uses = new LinkedHashMap<>();
        use(uses, site.deployment().home(), "home");
        use(uses, site.deployment().releases(), "releases");
        use(uses, site.deployment().snapshots(), "snapshots");
        for (Path database : site.databases()) {
            use(uses, directoryOf(database), "databases");
        }
        for (Path file : site.files()) {
            use(uses, directoryOf(file), "files");
        }
        Path archive = site.archive();
        if (archive != null) {
            use(uses, archive, "archive");
        }
        return uses.values();
    }

    private void use(Map<Path, Use> uses, Path place, String what) throws IOException {
        Mount mount = mounts.holding(Volumes.nearest(place));
        uses.computeIfAbsent(mount.point(), point -> new Use(mount, new LinkedHashSet<>()))
                .what()
                .add(what);
    }

    private static Path directoryOf(Path file) throws IOException {
        return Volumes.nearest(Files.exists(file) ? file.toRealPath() : file.toAbsolutePath());
    }

    private static void look(Mount mount, String what, List<Finding> findings) {
        String name = Words.format("%s (%s), where %s lie", mount.point(), mount.type(), what);
        if (mount.options().contains("ro")) {
            findings.add(Finding.refused(
                    ABOUT,
                    "cannot write on " + name + ", because it is mounted read-only",
                    Words.format("see why (journalctl --dmesg), then mount -o remount,rw %s", mount.point())));
        } else if (REMOTE.contains(mount.type())) {
            findings.add(Finding.warning(
                    ABOUT,
                    name + ", is across the network: locks may not hold there, and neither may what was synced",
                    "keep the home and the databases on a disk of this machine"));
        } else if (IN_MEMORY.contains(mount.type())) {
            findings.add(Finding.warning(
                    ABOUT, name + ", is memory: nothing of it is left after a reboot", "keep it on a disk"));
        } else {
            findings.add(Finding.ok(ABOUT, name + abilities(mount.type())));
        }
    }

    private static String abilities(String type) {
        if (CLONING.contains(type)) {
            return type.equals("xfs") ? ": files may be cloned" : ": files are cloned";
        }
        return WITHOUT_HARD_LINKS.contains(type)
                ? ": files are copied, there are neither clones nor hard links"
                : ": files are copied, there are no clones";
    }

    /** A jar is read, and anything else is executed. */
    private Optional<Finding> executable() throws Fault, IOException {
        Mount mount = mounts.holding(Volumes.nearest(site.deployment().releases()));
        if (!mount.options().contains("noexec")) {
            return Optional.empty();
        }
        Optional<Release> current = site.releases().current();
        if (current.isPresent() && current.get().record().kind() == Kind.JAR) {
            return Optional.empty();
        }
        String text = Words.format(
                "%s, where releases lie, is mounted with noexec: only jars can be run there", mount.point());
        String remedy =
                Words.format("mount -o remount,exec %s, or name another directory in [releases]", mount.point());
        return Optional.of(
                current.isPresent() ? Finding.warning(ABOUT, text, remedy) : Finding.note(ABOUT, text, remedy));
    }

    /** What cannot be renamed into its place is copied, which takes time in the downtime and room on the disk. */
    private List<Finding> renames() throws IOException {
        List<Finding> findings = new ArrayList<>();
        Path snapshots = Volumes.nearest(site.deployment().snapshots());
        for (Path database : site.databases()) {
            if (Files.exists(database) && !mounts.areOne(directoryOf(database), snapshots)) {
                findings.add(Finding.note(
                        ABOUT,
                        Words.format(
                                "%s lies on another file system than %s: going back copies %s, where a rename would be done at once",
                                site.nameOf(database),
                                site.nameOf(site.deployment().snapshots()),
                                Words.bytes(Files.size(database))),
                        "keep both on one file system where the database is large"));
            }
        }
        return findings;
    }
}
