package ccupgrade.upgrade;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code install} was asked to do.
 *
 * @param source the file to install; it is copied and never changed
 * @param name what to call the release; null: what its manifest says
 */
public record InstallRequest(Path source, @Nullable String name) {}
