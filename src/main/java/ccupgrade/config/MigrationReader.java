package ccupgrade.config;

import ccupgrade.config.Config.Migration;
import ccupgrade.config.Config.Migrations;
import ccupgrade.config.Config.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The migrations of the file: one as {@code [migration]}, or several in their order as {@code [[migration]]}. */
final class MigrationReader {

    private static final String KEY = "migration";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,39}");

    private final Section rehearsal;
    private final boolean single;
    private final List<Section> sections;

    MigrationReader(Section root, Section rehearsal) {
        this.rehearsal = rehearsal;
        this.single = !root.isListOfTables(KEY);
        this.sections = single ? List.of(root.section(KEY)) : root.sections(KEY);
    }

    List<Section> sections() {
        return sections;
    }

    Migrations read(Migrations defaults) {
        long above = rehearsal.size("rehearse-above", defaults.rehearseAbove());
        if (single) {
            Section section = sections.get(0);
            if (section.has("rehearse-above") && rehearsal.has("rehearse-above")) {
                section.problem("rehearse-above", "and rehearsal.rehearse-above exclude each other: give one of them");
            }
            above = section.size("rehearse-above", above);
            // Asked for in any case: what is asked for is known.
            Migration one = migration(section, "migration");
            return new Migrations(isRun(one) ? List.of(one) : defaults.steps(), above);
        }
        List<Migration> steps = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section section : sections) {
            Migration step = migration(section, "migration-" + (steps.size() + 1));
            if (!isRun(step)) {
                section.problem("command", "or args must say what is run");
            }
            if (!names.add(step.name())) {
                section.problem("name", "is \"" + step.name() + "\", as that of an earlier migration is");
            }
            steps.add(step);
        }
        return new Migrations(List.copyOf(steps), above);
    }

    private static boolean isRun(Migration migration) {
        return !migration.args().isEmpty() || !migration.command().isEmpty();
    }

    private static Migration migration(Section section, String nameWhenAbsent) {
        List<String> args = section.strings("args");
        if (args != null && args.isEmpty()) {
            section.problem("args", "must not be empty: leave it out where releases migrate when they start");
        }
        List<String> command = section.command("command");
        if (section.has("args") && section.has("command")) {
            section.problem("command", "and " + section.dotted("args") + " exclude each other");
        }
        String name = section.string("name");
        if (name != null && !NAME.matcher(name).matches()) {
            section.problem("name", "must be a word of letters, digits, - and _");
        }
        return new Migration(
                name == null ? nameWhenAbsent : name,
                subject(section),
                args == null ? List.of() : args,
                command,
                section.duration("timeout", Profile.LONGEST_MIGRATION),
                section.string("stdin"),
                section.environment("environment"));
    }

    private static Subject subject(Section section) {
        String text = section.string("of");
        if (text == null) {
            return Subject.DATABASE;
        }
        for (Subject subject : Subject.values()) {
            if (subject.name().toLowerCase(Locale.ROOT).equals(text)) {
                return subject;
            }
        }
        section.problem("of", "is \"" + text + "\"; it must be \"database\" or \"archive\"");
        return Subject.DATABASE;
    }
}
