package ccupgrade.service;

import ccupgrade.fault.Failed;
import ccupgrade.words.Words;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Healthy is exit 0. */
final class CommandCheck implements HealthCheck {

    private final Capture capture;
    private final String name;
    private final List<String> argv;
    private final Path directory;
    private final Map<String, String> environment;

    /** @param name what a reader knows the command by */
    CommandCheck(Capture capture, String name, List<String> argv, Path directory, Map<String, String> environment) {
        this.capture = capture;
        this.name = name;
        this.argv = argv;
        this.directory = directory;
        this.environment = environment;
    }

    @Override
    public Probe probe(Duration limit) throws Failed, InterruptedException {
        Capture.Answer answer = capture.run(argv, directory, environment, limit);
        String asked = name + ": ";
        if (answer.timedOut()) {
            return new Probe(false, asked + "not ended within " + Words.duration(limit));
        }
        String code = Phrases.exit(answer.exitCode());
        String said = answer.lastWords();
        return new Probe(answer.exitCode() == 0, asked + code + (said.equals(code) ? "" : ", \"" + said + "\""));
    }
}
