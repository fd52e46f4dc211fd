package jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** The command line of the sample service: exit codes 0 = done, 1 = failed, 2 = usage. */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException {
        Release release = Release.ofThisJar();
        try {
            int code = run(release, Options.parse(List.of(args), System.getenv(), release.migratesAtStart()));
            if (code != 0) {
                System.exit(code);
            }
        } catch (Options.UsageException e) {
            System.err.println("jobs: " + e.getMessage());
            System.err.println(Options.usage(release.migratesAtStart()));
            System.exit(2);
        } catch (IOException | SQLException | RuntimeException e) {
            System.err.println("jobs: " + e.getMessage());
            System.exit(1);
        }
    }

    /** Returns 0 also for a server that goes on in threads of its own. */
    private static int run(Release release, Options options) throws IOException, SQLException {
        Database database = new Database(options.db());
        switch (options.mode()) {
            case VERSION -> {
                System.out.println("Name:\tjobs");
                System.out.println("Version:\t" + release.version());
                System.out.println("SQL db version:\t" + release.schema());
            }
            case MIGRATE_DB -> new Migration(release, database).run();
            case SERVER -> {
                if (release.migratesAtStart()) {
                    new Migration(release, database).run();
                }
                Server.start(release, database, options);
            }
            case VERIFY -> {
                try (Chain chain = new Chain(database.openExisting())) {
                    Chain.Proof proof = chain.verify();
                    System.out.println(
                            "rows " + proof.rows() + " head " + proof.head() + " unbroken " + proof.unbroken());
                    boolean kept = true;
                    for (String line : options.promised().isEmpty()
                            ? List.<String>of()
                            : Files.readAllLines(Path.of(options.promised()))) {
                        String[] words = line.split(" ");
                        if (!chain.contains(new Chain.Row(Long.parseLong(words[0]), words[1]))) {
                            System.out.println("row " + line + " is not there");
                            kept = false;
                        }
                    }
                    return proof.unbroken() && kept ? 0 : 1;
                }
            }
        }
        return 0;
    }
}
