package ccupgrade.upgrade;

import ccupgrade.config.Config.Retention;
import ccupgrade.fault.Fault;
import ccupgrade.release.Release;
import ccupgrade.saga.Facts;
import ccupgrade.state.Snapshot;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Deletes what is no longer needed. */
final class PruneSteps {

    private final Site site;
    private final Retention retention;

    PruneSteps(Site site, Retention retention) {
        this.site = site;
        this.retention = retention;
    }

    Pruning.Decision decide() throws Fault, IOException {
        return new Pruning(retention, site.clock().instant()).decide(stock(evidence()));
    }

    /** The snapshots that stay whatever is said, by their identifiers. */
    static Set<String> neededSnapshots(Site site) throws Fault, IOException {
        return Pruning.neededSnapshots(new PruneSteps(site, Retention.ALL).stock(List.of()));
    }

    private Pruning.Stock stock(List<Pruning.Evidence> evidence) throws Fault, IOException {
        Release current = site.releases().current().orElse(null);
        Release target =
                current == null ? null : site.releases().rollbackTarget().orElse(null);
        return new Pruning.Stock(
                site.releases().list(), current, target, site.snapshots().list(), evidence);
    }

    private List<Pruning.Evidence> evidence() throws IOException {
        List<Pruning.Evidence> found = new ArrayList<>();
        Path operations = site.deployment().operations();
        if (retention.evidenceAge() == null || !Files.isDirectory(operations)) {
            return found;
        }
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(operations, "[0-9]*")) {
            for (Path directory : directories) {
                Path evidence = directory.resolve("evidence");
                if (Files.isDirectory(evidence, LinkOption.NOFOLLOW_LINKS)) {
                    Instant ended = Files.getLastModifiedTime(evidence).toInstant();
                    long size = sizeOf(evidence);
                    found.add(new Pruning.Evidence(
                            Long.parseLong(directory.getFileName().toString()), ended, size));
                }
            }
        }
        return found;
    }

    private static long sizeOf(Path directory) throws IOException {
        long sum = 0;
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                sum += Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
            }
        }
        return sum;
    }

    String choose(Facts facts) throws Fault, IOException {
        Pruning.Decision decision = decide();
        facts.put(Fact.PRUNE_RELEASES, joined(decision.releases().keySet().stream(), Release::name));
        facts.put(Fact.PRUNE_SNAPSHOTS, joined(decision.snapshots().keySet().stream(), Snapshot::id));
        facts.put(
                Fact.PRUNE_EVIDENCE,
                joined(decision.evidence().keySet().stream(), left -> Long.toString(left.operation())));
        return describe(decision);
    }

    static String describe(Pruning.Decision decision) {
        if (decision.isEmpty()) {
            return "nothing to delete";
        }
        List<String> what = new ArrayList<>();
        if (!decision.releases().isEmpty()) {
            what.add(Words.count(decision.releases().size(), "release"));
        }
        if (!decision.snapshots().isEmpty()) {
            what.add(Words.count(decision.snapshots().size(), "snapshot"));
        }
        if (!decision.evidence().isEmpty()) {
            what.add("evidence of " + Words.count(decision.evidence().size(), "operation"));
        }
        return Words.format("%s, %s in all", String.join(", ", what), Words.bytes(decision.size()));
    }

    private static <T> String joined(Stream<T> things, Function<T, String> name) {
        return things.map(name).collect(Collectors.joining(","));
    }

    /** Snapshots before the releases that they belong to. All of it may have been done already. */
    String delete(Facts facts) throws Fault, IOException {
        for (String id : split(facts.require(Fact.PRUNE_SNAPSHOTS))) {
            site.snapshots().delete(id);
        }
        for (String epoch : split(facts.require(Fact.PRUNE_RELEASES))) {
            site.releases().remove(Long.parseLong(epoch));
        }
        for (String operation : split(facts.require(Fact.PRUNE_EVIDENCE))) {
            site.disk()
                    .deleteTree(site.deployment()
                            .operation(Long.parseLong(operation))
                            .resolve("evidence"));
        }
        return "";
    }

    private static List<String> split(String joined) {
        return Arrays.stream(joined.split(",")).filter(word -> !word.isEmpty()).toList();
    }

    /** After an install, by what the configuration says; that it could not be done is no reason to call the install undone. */
    String byPolicy(Facts facts) throws IOException {
        if (!retention.limits()) {
            return "";
        }
        try {
            String chosen = choose(facts);
            delete(facts);
            return chosen;
        } catch (Fault e) {
            Warnings.add(facts, List.of("what is no longer needed could not be deleted: " + e.getMessage()));
            return "";
        }
    }
}
