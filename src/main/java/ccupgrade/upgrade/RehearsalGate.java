package ccupgrade.upgrade;

import ccupgrade.disk.Sizes;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.saga.Facts;
import ccupgrade.upgrade.History.Rehearsed;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a release has to be rehearsed before it is installed, and whether its forecast is short enough. */
final class RehearsalGate {

    private final Site site;
    private final boolean withoutRehearsal;
    private final @Nullable Duration maxDowntime;

    RehearsalGate(Site site, boolean withoutRehearsal, @Nullable Duration maxDowntime) {
        this.site = site;
        this.withoutRehearsal = withoutRehearsal;
        this.maxDowntime = maxDowntime;
    }

    static RehearsalGate of(Site site, Facts facts) {
        return new RehearsalGate(
                site,
                facts.isTrue(Fact.WITHOUT_REHEARSAL),
                facts.number(Fact.MAX_DOWNTIME).map(Duration::ofMillis).orElse(null));
    }

    /**
     * @param source for the message
     * @param sha256 of the release
     * @throws Refused when it says no
     */
    void check(Path source, String sha256) throws Fault, IOException {
        if (site.releases().current().isEmpty() || withoutRehearsal && maxDowntime == null) {
            return;
        }
        String rehearse = "ccupgrade rehearse " + source + "; or: ccupgrade install --rehearse " + source;
        Optional<Rehearsed> rehearsed = new History(site).rehearsalOf(sha256);
        if (!withoutRehearsal) {
            refuseUnrehearsed(source, rehearsed, rehearse);
        }
        Duration limit = maxDowntime;
        if (limit == null) {
            return;
        }
        if (rehearsed.isEmpty()) {
            throw new Refused(
                    "cannot tell how long the service would be away: this release was not rehearsed here", rehearse);
        }
        Forecast forecast = rehearsed.get().forecast();
        if (!forecast.whole()) {
            throw new Refused(
                    Words.format(
                            "cannot promise a downtime under %s: it is %s", Words.duration(limit), forecast.text()),
                    "choose a time when it may be longer, and leave --max-downtime out");
        }
        if (forecast.most().compareTo(limit) > 0) {
            throw new Refused(
                    Words.format(
                            "cannot keep the downtime under %s: the forecast is %s",
                            Words.duration(limit), forecast.text()),
                    "choose a time when it may be longer, and a longer --max-downtime");
        }
    }

    private void refuseUnrehearsed(Path source, Optional<Rehearsed> rehearsed, String rehearse)
            throws Refused, IOException {
        if (rehearsed.isPresent() && !rehearsed.get().entry().passed()) {
            throw new Refused(
                    Words.format("cannot install %s: its rehearsal here failed", source.getFileName()),
                    "see why: ccupgrade history; to go on all the same: --without-rehearsal");
        }
        long threshold = site.config().migrations().rehearseAbove();
        long bytes = 0;
        for (Path database : site.databases()) {
            bytes += Sizes.ifThere(database);
        }
        if (rehearsed.isEmpty() && bytes > threshold && new RehearsedStart(site, 0).isPossible()) {
            throw new Refused(
                    Words.format(
                            "cannot install %s unrehearsed: the databases have %s, more than rehearse-above in [migration], %s",
                            source.getFileName(), Words.bytes(bytes), Words.bytes(threshold)),
                    rehearse + "; to go on all the same: --without-rehearsal");
        }
    }
}
