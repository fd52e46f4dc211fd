package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.ListedRelease;
import ccupgrade.upgrade.ListedSnapshot;
import ccupgrade.upgrade.Overview;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade complete -- WORD…}, which a shell calls: prints what the last word may become, a line each. */
public final class CompleteCommand implements Declared {

    static final String NAME = "complete";

    private final Console console;
    private final Session session;

    private final Argument<String> words = Argument.words("WORD");

    @SuppressWarnings("NullAway.Init") // what is not declared is not called
    private CommandSpec spec;

    public CompleteCommand(Console console, Session session) {
        this.console = console;
        this.session = session;
    }

    @Override
    public CommandSpec declare() {
        spec = Declared.with(
                command(CompleteCommand.NAME, "what the last of these words may become, for a shell"), words);
        spec.usageMessage().hidden(true);
        return spec;
    }

    @Override
    public ExitCode call() {
        new Completion(spec.root(), this::releases, this::snapshots)
                .of(words.all())
                .forEach(console::print);
        return ExitCode.DONE;
    }

    /** Nothing where there is no deployment, or one that cannot be read: whoever presses a key wants no error. */
    private List<String> releases(@Nullable Path home) {
        List<String> names = new ArrayList<>();
        try {
            Overview overview = new Overview(session.deployment(home), session.surroundings());
            for (ListedRelease release : overview.releases().releases()) {
                names.add(Long.toString(release.epoch()));
                if (release.version() != null) {
                    names.add(release.version());
                }
            }
        } catch (Fault | IOException e) {
            return List.of();
        }
        return names.stream().distinct().toList();
    }

    private List<String> snapshots(@Nullable Path home) {
        try {
            Overview overview = new Overview(session.deployment(home), session.surroundings());
            return overview.snapshots().snapshots().stream()
                    .map(ListedSnapshot::id)
                    .toList();
        } catch (Fault | IOException e) {
            return List.of();
        }
    }
}
