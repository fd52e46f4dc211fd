package ccupgrade.service;

import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.words.Words;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The command through which systemd is asked. Its properties are a documented interface; its words for people are not. */
final class Systemctl {

    static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

    private final Launcher launcher;
    private final Path directory;

    Systemctl(Launcher launcher, Path directory) {
        this.launcher = launcher;
        this.directory = directory;
    }

    Capture.Answer run(List<String> arguments, Duration limit) throws Fault, InterruptedException {
        if (Launcher.onPath("systemctl", launcher.environment()).isEmpty()) {
            throw new Refused(
                    "cannot reach systemd: there is no systemctl in PATH",
                    "choose manager = \"process\" or \"command\" in [service]");
        }
        List<String> argv = new ArrayList<>(List.of("systemctl", "--no-ask-password", "--no-pager"));
        argv.addAll(arguments);
        return new Capture(launcher).run(argv, directory, Map.of(), limit);
    }

    /**
     * @param properties separated by commas; one that systemd does not know is absent from the answer, and one that it gives in several
     *     lines has them all
     */
    Map<String, String> show(String unit, String properties) throws Fault, InterruptedException {
        Capture.Answer answer = run(List.of("show", "--property=LoadState," + properties, unit), ANSWER_LIMIT);
        if (answer.timedOut() || answer.exitCode() != 0) {
            throw new Failed(
                    "cannot ask systemd about " + unit + ": "
                            + (answer.timedOut()
                                    ? "no answer within " + Words.duration(ANSWER_LIMIT)
                                    : answer.lastWords()),
                    "systemctl status " + unit);
        }
        Map<String, String> values = new HashMap<>();
        answer.output().lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.merge(line.substring(0, equals), line.substring(equals + 1), (one, other) -> one + "\n" + other);
            }
        });
        if (values.getOrDefault("LoadState", "").equals("not-found")) {
            throw new Refused(
                    "cannot find the unit " + unit + ": systemd does not know it",
                    "install it and run systemctl daemon-reload, or correct unit in [service]");
        }
        return values;
    }

    /** Makes systemd read unit files again. */
    void reload() throws Fault, InterruptedException {
        Capture.Answer answer = run(List.of("daemon-reload"), ANSWER_LIMIT);
        if (answer.timedOut() || answer.exitCode() != 0) {
            throw new Failed(
                    "cannot make systemd read its units again: "
                            + (answer.timedOut()
                                    ? "no answer within " + Words.duration(ANSWER_LIMIT)
                                    : answer.lastWords()),
                    "systemctl daemon-reload");
        }
    }
}
