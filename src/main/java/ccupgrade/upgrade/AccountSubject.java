package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.service.Execution;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Who owns what, who may write where, and as whom ccupgrade and the service run. */
final class AccountSubject implements Subject {

    private static final String ABOUT = "permissions";

    private final Site site;

    AccountSubject(Site site) {
        this.site = site;
    }

    @Override
    public List<Finding> findings() throws Fault, IOException, InterruptedException {
        List<Finding> findings = new ArrayList<>();
        for (Path directory : directories()) {
            if (isOpenToAll(directory)) {
                findings.add(Finding.warning(
                        ABOUT,
                        Words.format(
                                "everybody may write in %s, and so decide what the service runs or what is put back",
                                directory),
                        "chmod o-w " + directory));
            }
        }
        Execution execution = site.execution();
        String ours = site.surroundings().user();
        // Where it is nobody else's, preflight has seen whether it may write.
        String account = execution.account();
        boolean another = account != null;
        String services = account == null ? ours : account;
        for (Path directory :
                List.of(site.deployment().home(), site.deployment().releases())) {
            if (another && Files.isDirectory(directory) && isClosedTo(services, directory)) {
                findings.add(Finding.warning(
                        ABOUT,
                        Words.format("the service runs as %s and may not go into %s", services, directory),
                        "chmod o+x " + directory + ", or chgrp and chmod g+x"));
            }
        }
        Set<String> owners = new TreeSet<>();
        for (Path database : site.databases()) {
            if (Files.exists(database)) {
                PosixFileAttributes attributes = attributesOf(database.toRealPath());
                String owner = attributes.owner().getName();
                owners.add(owner);
                if (another && isKeptOut(services, owner, attributes.permissions())) {
                    findings.add(Finding.warning(
                            ABOUT,
                            Words.format(
                                    "the service runs as %s and may not write to %s, which is %s's",
                                    services, site.nameOf(database), owner),
                            Words.format("chown %s %s", services, database)));
                }
            }
        }
        findings.add(Finding.ok(
                ABOUT,
                Words.format(
                        "ccupgrade runs as %s, the service as %s%s",
                        ours, services, owners.isEmpty() ? "" : "; databases of " + String.join(", ", owners))));
        return findings;
    }

    private Set<Path> directories() throws IOException {
        Set<Path> directories = new LinkedHashSet<>();
        for (Path each : List.of(
                site.deployment().home(),
                site.deployment().releases(),
                site.deployment().dotDirectory(),
                site.deployment().snapshots())) {
            if (Files.isDirectory(each)) {
                directories.add(each.toRealPath());
            }
        }
        return directories;
    }

    /** In a directory with the sticky bit nobody can replace what is another's. */
    private static boolean isOpenToAll(Path directory) throws IOException {
        int mode = (int) Files.getAttribute(directory, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & 0002) != 0 && (mode & 01000) == 0;
    }

    /** As far as it is certain: who may belong to its group may write where the group may. */
    private static boolean isKeptOut(String service, String owner, Set<PosixFilePermission> permissions) {
        return !service.equals("root")
                && !service.equals(owner)
                && !permissions.contains(PosixFilePermission.GROUP_WRITE)
                && !permissions.contains(PosixFilePermission.OTHERS_WRITE);
    }

    private static boolean isClosedTo(String service, Path directory) throws IOException {
        PosixFileAttributes attributes = attributesOf(directory.toRealPath());
        return !service.equals("root")
                && !service.equals(attributes.owner().getName())
                && !attributes.permissions().contains(PosixFilePermission.GROUP_EXECUTE)
                && !attributes.permissions().contains(PosixFilePermission.OTHERS_EXECUTE);
    }

    private static PosixFileAttributes attributesOf(Path file) throws IOException {
        return Files.readAttributes(file, PosixFileAttributes.class);
    }
}
