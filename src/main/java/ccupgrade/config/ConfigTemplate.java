package ccupgrade.config;

import ccupgrade.fault.Misuse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The text that {@code ccupgrade init} writes: every key with a line of explanation. What was found is set; a default is shown behind a
 * {@code #} directly before its key, so that a better default of a later version still reaches who never chose one.
 */
public final class ConfigTemplate {

    private final StringBuilder text = new StringBuilder();

    private ConfigTemplate() {}

    /**
     * Ends with a line feed. Reads back as the defaults with what was found.
     *
     * @throws Misuse when there is no such profile
     */
    public static String render(Found found) throws Misuse {
        ConfigTemplate template = new ConfigTemplate();
        template.write(found, ConfigFile.defaults(found.name(), found.profile()));
        return template.text.toString();
    }

    private void write(Found found, Config defaults) {
        say(
                "How ccupgrade upgrades this service. A line '#key = value' shows a default or an example: remove the # to set it.");
        say(
                "Durations: \"500ms\", \"90s\", \"1h30m\", \"2d\". Sizes: \"10GB\", \"512MiB\". Paths are relative to this file's directory, or absolute.");
        if (found.jar() != null) {
            say("Found here: " + quoted(found.jar()) + ", to be installed by: ccupgrade install FILE");
        }
        gap();
        say("Shown in lists and messages.");
        set("name", quoted(found.name()));
        say("The kind of service, which gives the defaults: " + Profile.keys() + ".");
        set("profile", quoted(defaults.profile()));

        table("service");
        service(found, defaults.service());

        table("state");
        say("The SQLite databases that a release may change: paths or patterns. They are kept and restored together.");
        key(
                "databases",
                list(defaults.state().databases()),
                found.databases().isEmpty() ? null : list(found.databases()));
        say("Configuration files that are kept and restored with them.");
        key("files", "[\"config.json\", \".env\"]", found.files().isEmpty() ? null : list(found.files()));
        say(
                "A directory tree with a version of its own, kept and restored with them; the file in it that holds the version;");
        say("and whether what migrates it writes new files and never into old ones.");
        key("archive", "\"var/job-archive\"", archive(found, defaults.state()));
        example("archive-version-file", "\"version.txt\"");
        example("archive-migration-writes-new-files", "false");
        say("Whether snapshots are kept compressed, once the service runs again.");
        example("compress", Boolean.toString(defaults.state().compress()));
        say("How much may be copied in a second while the service works; without it as much as the disk gives.");
        example("precopy-rate", "\"50MB\"");

        if (defaults.migrations().atStart()) {
            migration(found);
        } else {
            migrations(found, defaults.migrations().steps());
        }

        table("health");
        say(
                "What tells that the service works; at most one of http (answers with 2xx), tcp (accepts) and command (exits 0).");
        key(
                "http",
                "\"http://127.0.0.1:8080/health\"",
                found.http() == null ? null : quoted(found.http().toString()));
        example("tcp", "\"127.0.0.1:8080\"");
        example("command", "[\"/usr/local/bin/is-healthy\"]");
        say("How long it may take from the start to the first healthy answer; covers a migration at start.");
        example("timeout", duration(defaults.health().timeout()));
        say("How long it must stay healthy after that.");
        example("stable", duration(defaults.health().stable()));

        table("rehearsal");
        say("Above so much database a release must have been rehearsed before it is installed.");
        example("rehearse-above", "\"10GB\"");
        say(
                "With a check here a rehearsal also starts the release, on the copy: let it listen elsewhere than the service.");
        say("Added to the environment of [service].");
        example("environment", "{ PORT = \"18080\" }");
        say("Instead of the args of [service].");
        example("args", "[\"-server\", \"-port\", \"18080\"]");
        say("What tells that it works there; at most one of them, as in [health].");
        example("http", "\"http://127.0.0.1:18080/health\"");
        example("tcp", "\"127.0.0.1:18080\"");
        example("command", "[\"/usr/local/bin/is-healthy\", \"18080\"]");

        table("releases");
        say("Where releases are stored.");
        example("directory", quoted(defaults.releases().directory()));
        say("The symbolic link to the active release, through which the service is started.");
        key("link", quoted(defaults.releases().link()), found.link() == null ? null : quoted(found.link()));
        say("What is run of a release that comes as an archive; otherwise the only executable in it.");
        String executable = defaults.releases().executable();
        example("executable", quoted(executable == null ? "bin/jobs" : executable));
        say("What the link names of such a release: the executable, or the directory.");
        example("link-to", quoted("executable"));
        say("Files with public keys, and whether a release without a valid signature by one of them is refused.");
        example("keys", "[\"/etc/ccupgrade/jobs.pub\"]");
        example("require-signature", "false");

        table("retention");
        say(
                "What may be deleted once it is no longer needed: after each install, and by ccupgrade prune. What a rollback");
        say("needs, and what is pinned, is never deleted. How many of the newest releases and snapshots are kept:");
        example("releases", "10");
        example("snapshots", "10");
        say("Above which age they go, and above which size of all together the oldest go.");
        example("age", "\"365d\"");
        example("total-size", "\"100GB\"");
        say("Above which age the state goes that a failed operation has left for whoever wants to find out why.");
        example("evidence-age", "\"90d\"");

        table("hooks");
        say(
                "Programs of yours, run before the stop, after the start, on success and on failure: where their directories lie.");
        example("directory", quoted(defaults.hooks().directory()));
        say("How long each of them may take.");
        example("timeout", duration(defaults.hooks().timeout()));

        table("metrics");
        say(
                "A file of figures for the textfile collector of Prometheus' node_exporter, written when an operation ends.");
        example("textfile", "\"/var/lib/node_exporter/ccupgrade.prom\"");

        table("log");
        say("Whether systemd's journal, where there is one, is told when an operation begins and how it ends.");
        example("journal", Boolean.toString(defaults.monitoring().journal()));

        table("versions");
        say(
                "How a release tells which versions of the state it works on, before it sees any of it: a command, and what to");
        say("look for in its answer.");
        Config.Versions versions = defaults.versions();
        example("command", versions.command().isEmpty() ? "[\"{release}\", \"-version\"]" : list(versions.command()));
        example("version", pattern(versions.version(), "Version:\\s*(\\S+)"));
        example("database", pattern(versions.database(), "db version:\\s*(\\d+)"));
        example("archive", pattern(versions.archive(), "archive version:\\s*(\\d+)"));
    }

    private static @Nullable String archive(Found found, Config.State defaults) {
        if (found.archive() != null) {
            return quoted(found.archive());
        }
        return defaults.archive() == null ? null : "false";
    }

    private void migration(Found found) {
        table("migration");
        say("The new release is run with these arguments, migrates and ends. Without them it migrates when it starts.");
        key("args", "[\"-migrate-db\"]", found.migrationArgs().isEmpty() ? null : list(found.migrationArgs()));
        say("Instead of args: a command. {release}, {database} and {home} stand for their paths.");
        example("command", "[\"/usr/local/bin/migrate\", \"{release}\", \"{database}\"]");
        say("How long the migration may take.");
        example("timeout", duration(Profile.LONGEST_MIGRATION));
        say("What it is given on its standard input, and what is added to its environment.");
        example("stdin", "\"y\\n\"");
        example("environment", "{ KEY = \"value\" }");
        say(
                "Several of them, in their order: [[migration]] instead of [migration], each with a name, and with what it");
        say("raises the version of, the database or the archive.");
        example("name", "\"database\"");
        example("of", "\"database\"");
    }

    /** Those of a profile: one that is given replaces all of them, so they are shown together. */
    private void migrations(Found found, List<Config.Migration> steps) {
        gap();
        say("What raises the state to a new release's versions, in this order. Whoever gives one of them gives all:");
        say("remove the # of all lines that begin with it here.");
        for (Config.Migration step : steps) {
            boolean changed = step.of() == Config.Subject.DATABASE
                    && !found.migrationArgs().isEmpty();
            List<String> args = changed ? found.migrationArgs() : step.args();
            String mark = found.migrationArgs().isEmpty() ? "#" : "";
            text.append(mark).append("[[migration]]\n");
            line(mark, "name", quoted(step.name()));
            line(mark, "of", quoted(step.of().name().toLowerCase(Locale.ROOT)));
            if (!args.isEmpty()) {
                line(mark, "args", list(args));
            }
            if (!step.command().isEmpty()) {
                line(mark, "command", list(step.command()));
            }
            if (step.stdin() != null) {
                line(mark, "stdin", quoted(step.stdin()));
            }
            line(mark, "timeout", duration(step.timeout()));
        }
    }

    private static String pattern(@Nullable Pattern pattern, String example) {
        return "'" + (pattern == null ? example : pattern.pattern()) + "'";
    }

    private void service(Found found, Config.Service defaults) {
        boolean systemd = found.unit() != null;
        say(
                "Who starts and stops it: process (built into ccupgrade), systemd (needs unit) or command (needs start, stop, status).");
        key("manager", quoted(defaults.manager().name().toLowerCase(Locale.ROOT)), systemd ? quoted("systemd") : null);
        say("The unit, for systemd.");
        key("unit", "\"jobs.service\"", found.unit() == null ? null : quoted(found.unit()));
        say("The commands, for command. status exits 0 while the service runs.");
        example("start", "[\"/usr/local/bin/jobs\", \"start\"]");
        example("stop", "[\"/usr/local/bin/jobs\", \"stop\"]");
        example("status", "[\"/usr/local/bin/jobs\", \"status\"]");
        say("What follows the release on the command line, for process.");
        key("args", list(defaults.args()), systemd || found.serviceArgs().isEmpty() ? null : list(found.serviceArgs()));
        say(
                "Added to the environment of the service (for process and command) and of migrations; the values are texts.");
        example("environment", "{ KEY = \"value\" }");
        say("The account that migrations run as; otherwise that of the unit, else whoever runs ccupgrade.");
        key("user", "\"jobs\"", found.user() == null ? null : quoted(found.user()));
        say("The java that runs jars; otherwise that of JAVA_HOME, else that of PATH.");
        example("java", "\"/usr/lib/jvm/java-17/bin/java\"");
        say("How long it may take to stop before it is killed.");
        example("stop-timeout", duration(defaults.stopTimeout()));
        say("How long it may take until it runs.");
        example("start-timeout", duration(defaults.startTimeout()));
    }

    private void say(String sentence) {
        text.append("# ").append(sentence).append('\n');
    }

    private void gap() {
        text.append('\n');
    }

    private void table(String name) {
        gap();
        text.append('[').append(name).append("]\n");
    }

    private void key(String key, String shown, @Nullable String found) {
        if (found == null) {
            example(key, shown);
        } else {
            set(key, found);
        }
    }

    private void set(String key, String value) {
        line("", key, value);
    }

    private void example(String key, String value) {
        line("#", key, value);
    }

    private void line(String mark, String key, String value) {
        text.append(mark).append(key).append(" = ").append(value).append('\n');
    }

    private static String duration(Duration duration) {
        return quoted(DurationText.format(duration));
    }

    /** A basic string of TOML. Letters beyond ASCII stay as they are, for the reader's sake. */
    private static String quoted(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : value.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c == '\n') {
                quoted.append("\\n");
            } else if (Character.isISOControl(c)) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    private static String list(List<String> values) {
        return values.stream().map(ConfigTemplate::quoted).collect(Collectors.joining(", ", "[", "]"));
    }
}
