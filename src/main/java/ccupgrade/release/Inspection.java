package ccupgrade.release;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a release says of itself.
 *
 * @param version null when it states none
 * @param executable what is run of a directory, relative to it; null for a file
 * @param mainClass of what Java runs; null for anything else
 * @param javaVersion the feature number (17, 21…) of the oldest Java that can load the main class; its other classes may need more. 0
 *     for what Java does not run
 * @param size in bytes; of a directory, of all its files
 * @param migrations in the order in which Flyway would run them; empty also for a program that keeps them in several unusual places
 */
public record Inspection(
        String title,
        @Nullable String version,
        Kind kind,
        @Nullable String executable,
        @Nullable String mainClass,
        int javaVersion,
        long size,
        List<EmbeddedMigration> migrations) {

    public Inspection {
        migrations = List.copyOf(migrations);
    }

    /** Whether it takes a Java to run it. */
    public boolean needsJava() {
        return mainClass != null;
    }

    /** The same program as what is run of something else. */
    Inspection as(Kind newKind, @Nullable String newExecutable, FileTitle name, long newSize) {
        return new Inspection(
                name.title(), name.version(), newKind, newExecutable, mainClass, javaVersion, newSize, migrations);
    }
}
