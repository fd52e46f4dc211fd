package ccupgrade.cli;

import ccupgrade.config.ConfigFile;
import ccupgrade.config.Deployment;
import ccupgrade.config.Home;
import ccupgrade.fault.Misuse;
import ccupgrade.upgrade.Surroundings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a command needs once it runs: the deployment that the options name, and the world around it. */
public final class Session {

    private final GlobalOptions options;
    private final Surroundings surroundings;
    private final Path workingDirectory;

    public Session(GlobalOptions options, Surroundings surroundings, Path workingDirectory) {
        this.options = options;
        this.surroundings = surroundings;
        this.workingDirectory = workingDirectory;
    }

    /** @throws Misuse when the home or its configuration cannot be used */
    public Deployment deployment() throws Misuse {
        return ConfigFile.load(home());
    }

    /** @param given as the user named it; null: to be looked for */
    Deployment deployment(@Nullable Path given) throws Misuse {
        return ConfigFile.load(Home.find(workingDirectory, given));
    }

    /** The deployment's directory, whether or not there is a deployment in it yet. */
    public Path home() throws Misuse {
        return Home.find(workingDirectory, options.home().orElse(null));
    }

    public Surroundings surroundings() {
        return surroundings;
    }
}
