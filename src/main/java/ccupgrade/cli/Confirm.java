package ccupgrade.cli;

import ccupgrade.fault.Refused;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Asks before something that cannot be had back by itself. */
public final class Confirm {

    private final Console console;
    private final BufferedReader answers;
    private final GlobalOptions options;

    public Confirm(Console console, InputStream in, GlobalOptions options) {
        this.console = console;
        this.answers = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.options = options;
    }

    /**
     * Returns when the answer is yes, or {@code --yes} gave it beforehand.
     *
     * @param question as a whole: {@code go back to 1.0 and give up 12 rows?}
     * @throws Refused when the answer is anything else, or nobody can be asked
     */
    public void ask(String question) throws Refused, IOException {
        if (options.yes()) {
            return;
        }
        if (!console.canAsk()) {
            throw new Refused(
                    "cannot ask without a terminal: " + question, "add --yes to go ahead without being asked");
        }
        console.prompt(question + " [y/N]");
        String answer = answers.readLine();
        if (answer == null) {
            // The line of the question has no end yet.
            console.errorLine("");
        }
        String word = answer == null ? "" : answer.strip().toLowerCase(Locale.ROOT);
        if (!word.equals("y") && !word.equals("yes")) {
            throw new Refused("not confirmed: nothing was changed", null);
        }
    }
}
