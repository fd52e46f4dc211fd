package ccupgrade.saga;

import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import ccupgrade.saga.Entry.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Plans, journals and endings in short lines.
 *
 * <p>A plan is {@code a b! / f}: steps, and after the slash those that finish. A step's name is followed by what happens to it: {@code :}
 * its intent fails, {@code !} its act refuses before it does anything, {@code ~} its act fails half-way, {@code %} it has a defect,
 * {@code &} a class of it cannot be loaded, {@code ^} its undo fails.
 *
 * <p>A journal is {@code begin a? a b? b! -b? -b commit end:completed}: {@code ?} an intent, {@code !} a failure, {@code -} an undo.
 *
 * <p>What happened is {@code a b~ -b -a}: acts, half acts, undos.
 */
final class Script {

    final List<String> happened = new ArrayList<>();

    Plan plan(String text) {
        String[] halves = text.split("/");
        return new Plan("script", steps(halves[0], false), halves.length > 1 ? steps(halves[1], true) : List.of());
    }

    private List<Step> steps(String text, boolean finishing) {
        List<Step> steps = new ArrayList<>();
        for (String word : text.trim().split(" +")) {
            if (!word.isEmpty()) {
                steps.add(finishing ? finishing(word) : step(word));
            }
        }
        return steps;
    }

    private Step finishing(String word) {
        String name = word.substring(0, 1);
        return Step.finishing(name, facts -> act(name, word));
    }

    private Step step(String word) {
        String name = word.substring(0, 1);
        return new Step(
                name,
                facts -> {
                    if (word.contains(":")) {
                        throw new IOException("cannot intend " + name);
                    }
                    facts.put(name + ".intended", true);
                },
                facts -> act(name, word),
                facts -> {
                    facts.require(name + ".intended");
                    if (word.contains("^")) {
                        throw new Failed("cannot undo " + name, "undo it by hand");
                    }
                    happened.add("-" + name);
                    return "";
                });
    }

    private String act(String name, String word) throws Refused, IOException {
        if (word.contains("!")) {
            throw new Refused("cannot do " + name, null);
        }
        if (word.contains("%")) {
            throw new IllegalStateException("a defect");
        }
        if (word.contains("&")) {
            throw new NoClassDefFoundError("gone");
        }
        happened.add(word.contains("~") ? name + "~" : name);
        if (word.contains("~")) {
            throw new IOException("cannot do more of " + name);
        }
        return "";
    }

    String happened() {
        return String.join(" ", happened);
    }

    /** Writes a journal as an operation would that got so far. */
    static Journal journal(Machine machine, String text) throws IOException {
        Journal journal = machine.journals.begin("script", Map.of());
        for (String word : text.trim().split(" +")) {
            append(journal, word);
        }
        return journal;
    }

    private static void append(Journal journal, String word) throws IOException {
        boolean undo = word.startsWith("-");
        String name = word.substring(undo ? 1 : 0, undo ? 2 : 1);
        if (word.isEmpty() || word.equals("begin")) {
            return;
        }
        if (word.startsWith("end:")) {
            journal.append(Event.END, word.substring(4), null, null);
        } else if (word.equals("commit") || word.equals("recover")) {
            journal.append(word.equals("commit") ? Event.COMMIT : Event.RECOVER, "", null, null);
        } else if (word.endsWith("?")) {
            journal.facts().put(name + ".intended", true);
            journal.append(undo ? Event.UNDO : Event.INTENT, name, null, null);
        } else if (word.endsWith("!")) {
            Failure failure = Failure.of(name, new IOException("cannot do " + name));
            journal.append(undo ? Event.UNDO_FAILED : Event.FAILED, name, 5L, failure);
        } else {
            journal.append(undo ? Event.UNDONE : Event.DONE, name, 5L, null);
        }
    }

    static String show(Journal journal) {
        return journal.entries().stream().map(Script::show).collect(Collectors.joining(" "));
    }

    private static String show(Entry entry) {
        return switch (entry.event()) {
            case BEGIN -> "begin";
            case INTENT -> entry.step() + "?";
            case DONE -> entry.step();
            case FAILED -> entry.step() + "!";
            case COMMIT -> "commit";
            case RECOVER -> "recover";
            case UNDO -> "-" + entry.step() + "?";
            case UNDONE -> "-" + entry.step();
            case UNDO_FAILED -> "-" + entry.step() + "!";
            case END -> "end:" + entry.step();
        };
    }

    static String show(Ending ending) {
        if (ending instanceof Ending.Completed completed) {
            return completed.leftOver().isEmpty()
                    ? "completed"
                    : "completed but "
                            + completed.leftOver().stream().map(Failure::step).collect(Collectors.joining(" "));
        }
        if (ending instanceof Ending.TakenBack back) {
            return back.failure() == null
                    ? "taken back"
                    : "taken back after " + back.failure().step() + " "
                            + back.failure().kind();
        }
        Ending.Stuck stuck = (Ending.Stuck) ending;
        return "stuck at " + stuck.obstacle().step()
                + (stuck.failure() == null ? "" : " after " + stuck.failure().step());
    }
}
