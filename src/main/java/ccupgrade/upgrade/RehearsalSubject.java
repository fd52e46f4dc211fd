package ccupgrade.upgrade;

import ccupgrade.disk.Sizes;
import ccupgrade.fault.Fault;
import ccupgrade.ledger.OperationEntry;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** When a release was last rehearsed here, and whether the next one has to be. */
final class RehearsalSubject implements Subject {

    private static final String ABOUT = "rehearsal";

    private final Site site;

    RehearsalSubject(Site site) {
        this.site = site;
    }

    @Override
    public List<Finding> findings() throws Fault, IOException {
        String last = last().map(this::text).orElse("no release was rehearsed here");
        long threshold = site.config().migrations().rehearseAbove();
        long bytes = 0;
        for (Path database : site.databases()) {
            bytes += Sizes.ifThere(database);
        }
        if (bytes <= threshold) {
            return List.of(Finding.ok(ABOUT, last + "; with so little data none has to be"));
        }
        String because = Words.format(
                "%s; the databases have %s, more than rehearse-above in [migration], %s",
                last, Words.bytes(bytes), Words.bytes(threshold));
        return List.of(
                new RehearsedStart(site, 0).isPossible()
                        ? Finding.note(ABOUT, because, "for the next release: ccupgrade rehearse FILE")
                        : Finding.note(
                                ABOUT,
                                because + ", and releases cannot be rehearsed, because they migrate when they start",
                                "say in [rehearsal] how one is started on a copy"));
    }

    /** From the journals: who only looks does not write a ledger. */
    private Optional<OperationEntry> last() throws Fault, IOException {
        for (long number : site.journals().numbers().descendingSet()) {
            if (site.journals().kind(number).filter(RehearsalPlan.KIND::equals).isPresent()) {
                return new History(site).find(number);
            }
        }
        return Optional.empty();
    }

    private String text(OperationEntry operation) {
        Duration age = Duration.between(operation.ended(), site.clock().instant());
        String release = operation.version() == null ? "a release" : operation.version();
        return Words.format(
                "%s was the last that was rehearsed, %s ago (operation %d: %s)",
                release,
                Words.duration(age.isNegative() ? Duration.ZERO : age),
                operation.number(),
                operation.outcome());
    }
}
