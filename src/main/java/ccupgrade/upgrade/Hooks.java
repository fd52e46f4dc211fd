package ccupgrade.upgrade;

import ccupgrade.fault.Refused;
import ccupgrade.saga.Plan;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The administrator's programs that are run at certain moments: one directory a moment, each with any number of executables. */
final class Hooks {

    /** When they are run. The name in lower case is that of the directory, and of the step. */
    enum Moment {
        PRE_STOP,
        POST_START,
        ON_SUCCESS,
        ON_FAILURE;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** What editors and package managers leave beside a file. */
    private static final Pattern PASSED_OVER =
            Pattern.compile("\\..*|.*(~|\\.bak|\\.orig|\\.swp|\\.rpm(save|new|orig)|\\.dpkg-[a-z]+|\\.disabled)");

    private static final Set<PosixFilePermission> EXECUTE = EnumSet.of(
            PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);

    private final Site site;
    private final Path directory;

    Hooks(Site site) {
        this.site = site;
        this.directory = site.deployment().home().resolve(site.config().hooks().directory());
    }

    private Path directory(Moment moment) {
        return directory.resolve(moment.word());
    }

    /** Whether there is a directory for them, so that it is worth a look. */
    boolean isFor(Moment moment) {
        return Files.isDirectory(directory(moment));
    }

    /** A plan in which nothing is done, and shown, that would only find that there are no hooks. Not for the way back, which knows all steps. */
    Plan withoutIdleSteps(Plan plan) throws IOException {
        Set<String> idle = new HashSet<>();
        for (Moment moment : Moment.values()) {
            if (of(moment).isEmpty()) {
                idle.add(moment.word());
            }
        }
        return new Plan(
                plan.kind(),
                plan.steps().stream()
                        .filter(step -> !idle.contains(step.name()))
                        .toList(),
                plan.finish().stream()
                        .filter(step -> !idle.contains(step.name()))
                        .toList());
    }

    /** In the order of their names, which is that in which they are run. */
    List<Path> of(Moment moment) throws IOException {
        return files(moment).stream().filter(Hooks::isExecutable).toList();
    }

    private List<Path> files(Moment moment) throws IOException {
        List<Path> files = new ArrayList<>();
        if (isFor(moment)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory(moment))) {
                for (Path entry : entries) {
                    if (!PASSED_OVER.matcher(entry.getFileName().toString()).matches() && Files.isRegularFile(entry)) {
                        files.add(entry);
                    }
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        return files.stream().sorted().toList();
    }

    private static boolean isExecutable(Path file) {
        try {
            return Files.getPosixFilePermissions(file).stream().anyMatch(EXECUTE::contains);
        } catch (IOException e) {
            // It will be tried, and the failure told.
            return true;
        }
    }

    /**
     * What is to be said of them before anything is touched.
     *
     * @return one finding that counts them, and a warning for each file that will not be run; nothing where there is no directory
     * @throws Refused when somebody else could change what is run here
     */
    List<Finding> look() throws Refused, IOException {
        List<Finding> findings = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Moment moment : Moment.values()) {
            if (!isFor(moment)) {
                continue;
            }
            refuseWritable(directory);
            refuseWritable(directory(moment));
            for (Path file : files(moment)) {
                if (isExecutable(file)) {
                    refuseWritable(file);
                    names.add(nameOf(file));
                } else {
                    findings.add(Finding.warning(
                            "hooks",
                            site.nameOf(file) + " will not be run: it is not executable; chmod +x, or rename it to "
                                    + file.getFileName() + ".disabled"));
                }
            }
        }
        if (!names.isEmpty()) {
            findings.add(0, Finding.ok("hooks", String.join(", ", names)));
        }
        return findings;
    }

    /** As {@code pre-stop/10-drain}. */
    static String nameOf(Path hook) {
        return hook.resolveSibling("").getFileName() + "/" + hook.getFileName();
    }

    /** A hook runs with the rights of whoever upgrades: nobody else may put something there. */
    private void refuseWritable(Path path) throws Refused, IOException {
        String owner = Files.getOwner(path).getName();
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
        if (permissions.contains(PosixFilePermission.OTHERS_WRITE)
                || permissions.contains(PosixFilePermission.GROUP_WRITE)) {
            throw new Refused(
                    "cannot run hooks: others than its owner can write " + site.nameOf(path),
                    "chmod go-w " + site.nameOf(path));
        }
        if (!Arrays.asList("root", site.surroundings().who(), System.getProperty("user.name"))
                .contains(owner)) {
            throw new Refused(
                    "cannot run hooks: " + site.nameOf(path) + " belongs to " + owner
                            + ", who could have something run as "
                            + System.getProperty("user.name"),
                    "chown root " + site.nameOf(path));
        }
    }
}
