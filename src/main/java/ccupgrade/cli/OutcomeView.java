package ccupgrade.cli;

import ccupgrade.upgrade.Finding;
import ccupgrade.upgrade.Outcome;
import ccupgrade.upgrade.Preview;
import ccupgrade.upgrade.RehearsalReport;
import ccupgrade.words.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Shows how an operation ended, or what it would do, and says which exit code that is. */
final class OutcomeView {

    private final Console console;

    OutcomeView(Console console) {
        this.console = console;
    }

    static ExitCode codeOf(Outcome.Result result) {
        return switch (result) {
            case DONE, NOTHING_TO_DO -> ExitCode.DONE;
            case REFUSED -> ExitCode.REFUSED;
            case FAILED -> ExitCode.FAILED;
            case TAKEN_BACK -> ExitCode.TAKEN_BACK;
            case NEEDS_OPERATOR -> ExitCode.NEEDS_OPERATOR;
        };
    }

    ExitCode show(Outcome outcome) {
        ExitCode code = codeOf(outcome.result());
        if (console.isJson()) {
            console.json("outcome", new Document(code.number(), outcome));
        }
        outcome.warnings().forEach(console::warn);
        if (code == ExitCode.DONE) {
            if (!console.isJson()) {
                showDone(outcome);
            }
            return code;
        }
        showRehearsal(outcome);
        return console.report(problem(code, outcome));
    }

    private void showDone(Outcome outcome) {
        console.print(Style.GOOD, sentence(outcome.headline()));
        List<String> figures = new ArrayList<>();
        if (outcome.downtime() != null) {
            figures.add("downtime " + Words.duration(outcome.downtime()));
        }
        if (outcome.operation() > 0) {
            figures.add("in all " + Words.duration(outcome.took()));
            figures.add("operation " + outcome.operation());
        }
        if (!figures.isEmpty()) {
            console.print(String.join(", ", figures));
        }
        if (outcome.cause() != null) {
            console.warn(outcome.cause());
        }
        showRehearsal(outcome);
        if (outcome.next() != null) {
            console.print("next: " + outcome.next());
        }
    }

    private static Problem problem(ExitCode code, Outcome outcome) {
        List<String> because = outcome.cause() == null
                ? List.of()
                : Arrays.asList(outcome.cause().split("\n", -1));
        List<String> standing = new ArrayList<>(outcome.situation());
        if (outcome.downtime() != null) {
            standing.add("downtime: " + Words.duration(outcome.downtime()));
        }
        String next = outcome.next();
        if (outcome.operation() > 0 && code != ExitCode.REFUSED) {
            next = (next == null ? "" : next + "; ") + "all of it: ccupgrade history " + outcome.operation();
        }
        return new Problem(code, outcome.headline(), because, String.join("\n", standing), next, null);
    }

    ExitCode show(Preview preview) {
        ExitCode code = codeOf(preview.result());
        if (console.isJson()) {
            console.json("preview", new PreviewDocument(code.number(), preview));
            return code;
        }
        console.print(Style.BOLD, sentence(preview.headline()));
        console.print(table(preview.findings()));
        if (!preview.steps().isEmpty()) {
            console.print("");
            console.print(Style.BOLD, "It would:");
            Table steps = new Table().left("").text("");
            preview.steps().forEach(step -> steps.row(step.name(), step.text()));
            console.print(steps);
        }
        console.print("");
        console.print(conclusion(preview.result()));
        return code;
    }

    private void showRehearsal(Outcome outcome) {
        RehearsalReport report = outcome.rehearsal();
        if (report != null && !console.isJson()) {
            Pairs pairs = new Pairs();
            report.lines().forEach(line -> pairs.add(line.get(0), line.get(1)));
            pairs.print(console);
        }
    }

    static Table table(List<Finding> findings) {
        Table table = new Table().left("").left("").text("");
        for (Finding finding : findings) {
            String remedy = finding.remedy() == null ? "" : "; " + finding.remedy();
            table.row(styleOf(finding), word(finding), finding.about(), finding.text() + remedy);
        }
        return table;
    }

    private static String conclusion(Outcome.Result result) {
        return switch (result) {
            case DONE -> "Nothing was changed: this was a dry run.";
            case NOTHING_TO_DO -> "There is nothing to do.";
            case REFUSED -> "It would be refused, and nothing would be changed.";
            case FAILED, TAKEN_BACK, NEEDS_OPERATOR -> "It would fail before anything is changed.";
        };
    }

    private static String word(Finding finding) {
        return switch (finding.level()) {
            case OK -> "ok";
            case NOTE -> "note";
            case WARNING -> "warning";
            case REFUSED -> "refused";
            case FAILED -> "failed";
        };
    }

    private static Style styleOf(Finding finding) {
        return switch (finding.level()) {
            case OK, NOTE -> Style.PLAIN;
            case WARNING -> Style.WARNING;
            case REFUSED, FAILED -> Style.BAD;
        };
    }

    /** A file's name, or a number, at the beginning stays as it is. */
    private static String sentence(String text) {
        boolean beginsWithWord = text.split("[ :]", 2)[0].chars().allMatch(Character::isLetter);
        return text.isEmpty() || !beginsWithWord ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** The JSON of an outcome. */
    record Document(int exitCode, Outcome outcome) {}

    /** The JSON of a preview. */
    record PreviewDocument(int exitCode, Preview preview) {}
}
