package backend;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** {@code archive-migration --archive DIR}: from version 2 to 3, in place, once it was told to on its standard input. */
public final class ArchiveMigration {

    private ArchiveMigration() {}

    public static void main(String[] args) throws IOException {
        try {
            Flags flags = Flags.parse(List.of(args), Set.of("dry-run"), Set.of("archive", "workers"));
            run(Release.ofThisProgram(), flags.value("archive", ""), flags.has("dry-run"));
        } catch (Flags.Unknown e) {
            System.err.println(e.getMessage());
            System.exit(2);
        } catch (Failure | IOException e) {
            System.err.println("<2>[CRITICAL] " + e.getMessage());
            System.exit(1);
        }
    }

    private static void run(Release release, String directory, boolean dry) throws IOException, Failure {
        if (directory.isEmpty() || !Files.exists(Path.of(directory))) {
            throw new Failure("there is no archive " + directory);
        }
        JobArchive archive = new JobArchive(Path.of(directory));
        if (archive.version() != 2) {
            throw new Failure("archive version is " + archive.version() + ", expected 2");
        }
        if (!dry && !isWanted()) {
            System.err.println("<6>[INFO]     stopped, nothing was done");
            return;
        }
        List<Path> jobs = archive.jobs();
        for (int i = 0; i < jobs.size() && !dry; i++) {
            if (release.badArchive() && i == jobs.size() / 2) {
                throw new Failure("cannot migrate " + jobs.get(i) + ": it is not what was expected");
            }
            JobArchive.rewrite(jobs.get(i));
        }
        if (!dry) {
            archive.setVersion(3);
        }
        System.err.println("<6>[INFO]     " + jobs.size() + " jobs migrated");
    }

    private static boolean isWanted() throws IOException, Failure {
        System.out.print("Is there a backup, and is this wanted? [y/N]: ");
        System.out.flush();
        String answer = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        if (answer == null) {
            throw new Failure("cannot read an answer: EOF");
        }
        return answer.strip().equalsIgnoreCase("y");
    }
}
