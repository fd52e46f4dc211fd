package backend;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** The command line of cc-backend: exit codes 0 = done, 1 = failed, 2 = a flag that it doesn't know. */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException {
        try {
            Flags flags =
                    Flags.parse(List.of(args), Set.of("version", "migrate-db", "server"), Set.of("config", "loglevel"));
            run(Release.ofThisProgram(), flags);
        } catch (Flags.Unknown e) {
            System.err.println(e.getMessage());
            System.exit(2);
        } catch (Failure | IOException | SQLException e) {
            System.err.println("<3>[ERROR]    " + e.getMessage());
            System.exit(1);
        }
    }

    private static void run(Release release, Flags flags) throws IOException, SQLException, Failure {
        if (flags.has("version")) {
            System.out.println("Version:\t" + release.version());
            System.out.println("Git hash:\tnone");
            System.out.println("Build time:\tnone");
            System.out.println("SQL db version:\t" + release.database());
            System.out.println("Job archive version:\t" + release.archive());
            return;
        }
        Settings settings = Settings.read(release, Path.of(flags.value("config", "./config.json")));
        if (flags.has("migrate-db")) {
            try (Schema schema = Schema.open(release, settings.database())) {
                schema.migrate();
            }
            System.err.println("the database is at version " + release.database());
            return;
        }
        Schema schema = Schema.open(release, settings.database());
        schema.require();
        if (release.hasSections() && !settings.environment().containsKey("SESSION_KEY")) {
            throw new Failure("environment variable 'SESSION_KEY' not set");
        }
        JobArchive archive = new JobArchive(settings.archive());
        archive.require(release);
        if (flags.has("server")) {
            Server.start(release, settings, schema, archive);
        } else {
            schema.close();
        }
    }
}
