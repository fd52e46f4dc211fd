package ccupgrade.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What is typed most, for the end of a command's help and of its man page. No line is longer than the narrowest help is wide. */
final class Examples {

    private static final Map<String, List<String>> ALL = Map.ofEntries(
            Map.entry(
                    "ccupgrade",
                    List.of(
                            "ccupgrade install --dry-run jobs-2.0.jar   only tell",
                            "ccupgrade install jobs-2.0.jar             do it",
                            "ccupgrade status                           is all well?",
                            "ccupgrade rollback                         go back")),
            Map.entry(
                    "install",
                    List.of(
                            "ccupgrade install --dry-run jobs-2.0.jar   only tell",
                            "ccupgrade install jobs-2.0.jar",
                            "ccupgrade -C /srv/jobs install jobs-2.0.tar.gz")),
            Map.entry("rehearse", List.of("ccupgrade rehearse jobs-2.0.jar")),
            Map.entry(
                    "rollback",
                    List.of(
                            "ccupgrade rollback            to the last good release",
                            "ccupgrade rollback 1.3.0      to that version",
                            "ccupgrade rollback --dry-run  what would be lost?")),
            Map.entry("list", List.of("ccupgrade list", "ccupgrade -o json list                for a script")),
            Map.entry(
                    "status",
                    List.of("ccupgrade -C /srv/jobs status", "ccupgrade -o json status              for a script")),
            Map.entry(
                    "history", List.of("ccupgrade history", "ccupgrade history 3    operation 3, with all its steps")),
            Map.entry("show", List.of("ccupgrade show 1.3.0")),
            Map.entry(
                    "init",
                    List.of(
                            "cd /srv/jobs && ccupgrade init",
                            "ccupgrade init --systemd               once, as root",
                            "ccupgrade init --profile cc-backend --adopt")),
            Map.entry(
                    "prune",
                    List.of(
                            "ccupgrade prune --releases 3 --dry-run    only tell",
                            "ccupgrade prune --releases 3 --age 365d")),
            Map.entry(
                    "snapshot",
                    List.of(
                            "ccupgrade snapshot create --note \"before the cleanup\"",
                            "ccupgrade snapshot list",
                            "ccupgrade snapshot restore 7-by-hand --dry-run",
                            "ccupgrade snapshot export 7-by-hand /backup/jobs-7")),
            Map.entry("snapshot list", List.of("ccupgrade snapshot list")),
            Map.entry(
                    "snapshot create",
                    List.of("ccupgrade snapshot create", "ccupgrade snapshot create --note \"before the cleanup\"")),
            Map.entry("snapshot verify", List.of("ccupgrade snapshot verify", "ccupgrade snapshot verify 7-by-hand")),
            Map.entry(
                    "snapshot restore",
                    List.of(
                            "ccupgrade snapshot restore 7-by-hand --dry-run  only tell",
                            "ccupgrade snapshot restore 7-by-hand")),
            Map.entry("snapshot export", List.of("ccupgrade snapshot export 7-by-hand /backup/jobs-7")),
            Map.entry("start", List.of("ccupgrade -C /srv/jobs start")),
            Map.entry("stop", List.of("ccupgrade -C /srv/jobs stop")),
            Map.entry("recover", List.of("ccupgrade -C /srv/jobs recover")),
            Map.entry("doctor", List.of("ccupgrade doctor", "ccupgrade doctor --deep    however long it takes")),
            Map.entry("verify", List.of("ccupgrade verify")),
            Map.entry("unpin", List.of("ccupgrade unpin 1.3.0")),
            Map.entry("metrics", List.of("ccupgrade -C /srv/jobs metrics")),
            Map.entry("pin", List.of("ccupgrade pin 1.3.0 --note \"before the new schema\"")));

    private Examples() {}

    /**
     * @param command all its words but the program's name; of the program itself its name
     * @return with a heading and an empty line before it; nothing when there is nothing to show
     */
    static List<String> of(String command) {
        List<String> examples = ALL.getOrDefault(command, List.of());
        if (examples.isEmpty()) {
            return List.of();
        }
        return Stream.concat(Stream.of("", "examples:"), examples.stream().map(line -> "  " + line))
                .toList();
    }
}
