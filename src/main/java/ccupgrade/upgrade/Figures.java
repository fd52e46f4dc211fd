package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.ledger.OperationEntry;
import ccupgrade.release.Release;
import ccupgrade.state.Snapshot;
import ccupgrade.upgrade.DeploymentStatus.OpenOperation;
import ccupgrade.upgrade.DeploymentStatus.OpenOperation.Stage;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Gathers the figures of a deployment. For one time: it gathers the problems that it meets. */
final class Figures {

    /** The results of an operation, whatever its kind calls them. */
    private static final List<String> RESULTS = List.of("done", "refused", "failed", "taken-back", "unfinished");

    private static final Map<String, String> NO_LABEL = Map.of();

    private final Site site;
    private final List<Metric> metrics = new ArrayList<>();
    private final List<String> problems;

    /** @param problems where what could not be found out is added; its figures are left out */
    Figures(Site site, List<String> problems) {
        this.site = site;
        this.problems = problems;
    }

    /** @param open what is under way or was interrupted; null when nothing is */
    List<Metric> of(@Nullable OpenOperation open) {
        try {
            release();
        } catch (Fault | IOException e) {
            problems.add(Overview.said(e));
        }
        try {
            stored(
                    "releases",
                    "stored releases",
                    site.releases().list(),
                    release -> release.record().size());
        } catch (Fault | IOException e) {
            problems.add(Overview.said(e));
        }
        try {
            stored("snapshots", "snapshots of the state", site.snapshots().list(), Snapshot::size);
        } catch (Fault | IOException e) {
            problems.add(Overview.said(e));
        }
        try {
            OperationList history = new Overview(site).history(Integer.MAX_VALUE);
            problems.addAll(history.problems());
            last(history.operations());
        } catch (IOException e) {
            problems.add(Overview.said(e));
        }
        open(open);
        String home = site.deployment().home().toString();
        return metrics.stream().map(metric -> metric.labelled("home", home)).toList();
    }

    private void release() throws Fault, IOException {
        List<Metric.Sample> samples = new ArrayList<>();
        site.releases().current().ifPresent(release -> samples.add(info(release)));
        metrics.add(new Metric("ccupgrade_release_info", "The current release; nothing when there is none.", samples));
    }

    private static Metric.Sample info(Release release) {
        String version = release.record().version();
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("release", release.name());
        labels.put("version", version == null ? "" : version);
        return new Metric.Sample(labels, BigDecimal.ONE);
    }

    private <T> void stored(String name, String what, List<T> all, Function<T, Long> size) {
        add("ccupgrade_" + name, "How many " + what + " there are.", BigDecimal.valueOf(all.size()));
        long bytes = all.stream().mapToLong(size::apply).sum();
        add("ccupgrade_" + name + "_bytes", "What the " + what + " take on the disk.", BigDecimal.valueOf(bytes));
    }

    private void last(List<OperationEntry> operations) {
        Map<String, OperationEntry> last = new LinkedHashMap<>();
        Map<String, OperationEntry> lastDone = new LinkedHashMap<>();
        for (OperationEntry operation : operations) {
            last.putIfAbsent(operation.kind(), operation);
            if (result(operation).equals("done")) {
                lastDone.putIfAbsent(operation.kind(), operation);
            }
        }
        metrics.add(new Metric(
                "ccupgrade_last_operation_result",
                "How the last operation of the command ended: 1 for that result, 0 for the others.",
                last.values().stream().flatMap(Figures::results).toList()));
        each(
                "ccupgrade_last_operation_timestamp_seconds",
                "When it ended; of an unfinished one, when it last did something.",
                last,
                operation -> Metric.seconds(operation.ended()));
        each(
                "ccupgrade_last_operation_duration_seconds",
                "How long it took.",
                last,
                operation -> Metric.seconds(Duration.between(operation.started(), operation.ended())));
        each(
                "ccupgrade_last_operation_downtime_seconds",
                "How long the service was away during it; nothing when it was not.",
                last,
                operation -> operation.downtime() == null ? null : Metric.seconds(operation.downtime()));
        each(
                "ccupgrade_last_success_timestamp_seconds",
                "When an operation of the command ended last that did what was asked for.",
                lastDone,
                operation -> Metric.seconds(operation.ended()));
    }

    private static Stream<Metric.Sample> results(OperationEntry operation) {
        String its = result(operation);
        return RESULTS.stream().map(result -> {
            Map<String, String> labels = command(operation);
            labels.put("result", result);
            return new Metric.Sample(labels, result.equals(its) ? BigDecimal.ONE : BigDecimal.ZERO);
        });
    }

    private static String result(OperationEntry operation) {
        return switch (operation.outcome()) {
            case History.REFUSED -> "refused";
            case History.FAILED -> "failed";
            case History.TAKEN_BACK -> "taken-back";
            case History.OPEN -> "unfinished";
            default -> "done";
        };
    }

    private static Map<String, String> command(OperationEntry operation) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("command", operation.kind());
        return labels;
    }

    private void each(
            String name,
            String help,
            Map<String, OperationEntry> operations,
            Function<OperationEntry, @Nullable BigDecimal> figure) {
        List<Metric.Sample> samples = new ArrayList<>();
        for (OperationEntry operation : operations.values()) {
            BigDecimal value = figure.apply(operation);
            if (value != null) {
                samples.add(new Metric.Sample(command(operation), value));
            }
        }
        metrics.add(new Metric(name, help, samples));
    }

    private void open(@Nullable OpenOperation open) {
        add("ccupgrade_operation_open", "Whether an operation has begun and not ended: 1, or 0.", flag(open != null));
        Instant since = open == null ? null : open.since();
        metrics.add(new Metric(
                "ccupgrade_operation_open_since_timestamp_seconds",
                "When it began; nothing when none is open.",
                since == null ? List.of() : List.of(new Metric.Sample(NO_LABEL, Metric.seconds(since)))));
        add(
                "ccupgrade_needs_operator",
                "Whether an operation is open that no process works on: 1 asks somebody to run ccupgrade status.",
                flag(open != null && open.stage() != Stage.UNDER_WAY));
    }

    private void add(String name, String help, BigDecimal value) {
        metrics.add(new Metric(name, help, List.of(new Metric.Sample(NO_LABEL, value))));
    }

    private static BigDecimal flag(boolean truth) {
        return truth ? BigDecimal.ONE : BigDecimal.ZERO;
    }
}
