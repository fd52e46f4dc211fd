package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.fault.Fault;
import ccupgrade.release.EmbeddedMigration;
import ccupgrade.release.JarVersions;
import ccupgrade.release.Staged;
import ccupgrade.release.Supported;
import ccupgrade.service.Placeholders;
import ccupgrade.service.Seclusion;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which versions of the state a release says that it works on: by its answer to {@code command} in {@code [versions]}, given where there is
 * nothing that it could touch; else by its jar's manifest; of the database else by the last of the migrations that the jar embeds.
 */
final class ReleaseVersions {

    /** It has only to print a few lines; a JVM needs a second for it. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Of the directory in which it is asked; the number of the process that asks follows, because lookers hold no lock. */
    private static final String PLACE = "versions-";

    private final Site site;
    private final Config.Versions config;

    ReleaseVersions(Site site) {
        this.site = site;
        this.config = site.config().versions();
    }

    /**
     * @param version of the release itself; null when it did not say
     * @param warnings why something that is asked for is not known
     */
    record Answer(@Nullable String version, Supported supports, List<String> warnings) {}

    /** @param embedded the migrations that it carries */
    Answer of(Staged staged, List<EmbeddedMigration> embedded) throws InterruptedException {
        Path release = staged.place();
        String executable = staged.executable();
        Supported stated = JarVersions.read(staged.file());
        String last = embedded.stream()
                .map(EmbeddedMigration::version)
                .filter(Objects::nonNull)
                .reduce((earlier, later) -> later)
                .orElse(null);
        Supported known = new Supported(first(stated.database(), last), stated.archive());
        if (config.command().isEmpty()) {
            return new Answer(null, known, List.of());
        }
        Seclusion.Answer answer;
        try {
            answer = ask(release, executable);
        } catch (Fault | IOException e) {
            return unanswered(known, String.valueOf(e.getMessage()));
        }
        if (answer.timedOut()) {
            return unanswered(known, "it gave no answer within " + Words.duration(PATIENCE));
        }
        if (answer.exitCode() != 0) {
            return unanswered(known, "it ended with exit code " + answer.exitCode() + said(answer));
        }
        List<String> warnings = new ArrayList<>();
        String version = found("the release", config.version(), answer, warnings);
        String database = found("the database", config.database(), answer, warnings);
        String archive = found("the archive", config.archive(), answer, warnings);
        return new Answer(
                version, new Supported(first(database, known.database()), first(archive, known.archive())), warnings);
    }

    private static @Nullable String first(@Nullable String one, @Nullable String other) {
        return one == null ? other : one;
    }

    private static Answer unanswered(Supported known, String why) {
        return new Answer(
                null,
                known,
                List.of("the release could not be asked which versions of the state it works on: " + why
                        + "; see command in [versions]"));
    }

    private static String said(Seclusion.Answer answer) {
        String line = Words.firstLine(answer.output());
        return line.isBlank() ? "" : ": " + line.strip();
    }

    /** The last of it: a program may say something else first. */
    private static @Nullable String found(
            String of, @Nullable Pattern pattern, Seclusion.Answer answer, List<String> warnings) {
        if (pattern == null) {
            return null;
        }
        Matcher matcher = pattern.matcher(answer.output());
        if (matcher.find()) {
            return matcher.group(1);
        }
        warnings.add(Words.format(
                "the release was asked and did not say which version of %s it is for: nothing in its answer matches %s",
                of, pattern.pattern()));
        return null;
    }

    private Seclusion.Answer ask(Path release, @Nullable String executable)
            throws Fault, IOException, InterruptedException {
        // Filled in once beforehand: a mistake in the command is not the release's.
        command(release, executable);
        Seclusion seclusion = new Seclusion(
                site.disk(),
                site.surroundings().processes(),
                site.surroundings().environment(),
                site.deployment().home());
        clearLeftovers();
        Path scratch = site.deployment()
                .scratch()
                .resolve(PLACE + ProcessHandle.current().pid());
        return seclusion.ask(scratch, release.toRealPath(), outside(), PATIENCE, seen -> {
            try {
                return command(seen, executable);
            } catch (Fault e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** What was made to ask in by one that was killed meanwhile. Another that is asking just now, to look, keeps its own. */
    private void clearLeftovers() throws IOException {
        Path scratch = site.deployment().scratch();
        if (!Files.isDirectory(scratch)) {
            return;
        }
        try (DirectoryStream<Path> places = Files.newDirectoryStream(scratch, PLACE + "*")) {
            for (Path place : places) {
                String pid = String.valueOf(place.getFileName()).substring(PLACE.length());
                if (pid.matches("[0-9]{1,18}")
                        && site.surroundings()
                                .processes()
                                .find(Long.parseLong(pid))
                                .isEmpty()) {
                    site.disk().deleteTree(place);
                }
            }
        }
    }

    private List<String> command(Path release, @Nullable String executable) throws Fault {
        Path program = executable == null ? release : release.resolve(executable);
        Path directory = executable == null ? Objects.requireNonNull(release.getParent()) : release;
        return Placeholders.expand(
                "command in [versions]",
                config.command(),
                Map.of("release", program.toString(), "release-dir", directory.toString()));
    }

    /** Where state lies that the home does not cover. */
    private List<Path> outside() throws IOException {
        Path home = site.deployment().home().toRealPath();
        List<Path> outside = new ArrayList<>();
        List<Path> places = new ArrayList<>();
        for (Path database : site.databases()) {
            places.add(Objects.requireNonNull(
                    Files.exists(database) ? database.toRealPath().getParent() : database.getParent()));
        }
        Path archive = site.archive();
        if (archive != null) {
            places.add(archive);
        }
        for (Path place : places) {
            if (Files.isDirectory(place)) {
                Path real = place.toRealPath();
                if (!real.startsWith(home) && !home.startsWith(real) && !outside.contains(real)) {
                    outside.add(real);
                }
            }
        }
        return outside;
    }
}
