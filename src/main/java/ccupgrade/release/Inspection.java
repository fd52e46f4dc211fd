package ccupgrade.release;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a jar says of itself.
 *
 * @param version null when its manifest states none
 * @param javaVersion the feature number (17, 21…) of the oldest Java that can load its main class; its other classes may need more
 * @param size in bytes
 * @param migrations in the order in which Flyway would run them; empty also for a program that keeps them in several unusual places
 */
public record Inspection(
        String title,
        @Nullable String version,
        String mainClass,
        int javaVersion,
        long size,
        List<EmbeddedMigration> migrations) {

    public Inspection {
        migrations = List.copyOf(migrations);
    }
}
