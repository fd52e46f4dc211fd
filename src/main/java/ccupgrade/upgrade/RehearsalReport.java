package ccupgrade.upgrade;

import ccupgrade.saga.Facts;
import ccupgrade.words.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a rehearsal found out.
 *
 * @param isolated whether the migration could not have reached the live databases; otherwise it was watched
 * @param stateBytes the databases when they were copied
 * @param migration of a release that migrates when it starts, to its first healthy answer
 * @param archive of that, what the archive took; null when it was not migrated
 * @param archiveWrittenBytes of the archive's files that were written
 * @param archiveUnrehearsed why the archive was not migrated, though that is due; null when it was, or is not due
 * @param start from the start of the release on the copy to its first healthy answer; null when it was not started; zero when it is
 *     within {@code migration}
 * @param notStarted why it was not started; null when it was about to be
 * @param peakBytes the most that the copies and temporary files took at one time
 * @param addedBytes the most by which the copies and their logs had grown
 * @param temporaryBytes the most that temporary files took
 * @param growthBytes how much larger the databases are afterwards
 * @param differences what of the schema is new ("+ …") or gone ("- …")
 * @param rows the tables whose number of rows differs
 * @param forecast of the downtime; null when the ledger could not be asked
 */
public record RehearsalReport(
        boolean isolated,
        long stateBytes,
        Duration copy,
        Duration migration,
        @Nullable Duration archive,
        long archiveWrittenBytes,
        @Nullable String archiveUnrehearsed,
        @Nullable Duration start,
        @Nullable String notStarted,
        long peakBytes,
        long addedBytes,
        long temporaryBytes,
        long growthBytes,
        @Nullable String schemaBefore,
        @Nullable String schemaAfter,
        List<String> differences,
        List<String> rows,
        @Nullable Forecast forecast) {

    /** Empty when it did not get as far as to the end of the migration. */
    static Optional<RehearsalReport> of(Facts facts, @Nullable Forecast forecast) {
        Optional<Long> migration = facts.number(Fact.REHEARSED_MIGRATION);
        if (migration.isEmpty()) {
            return Optional.empty();
        }
        String differences = facts.get(Fact.DIFFERENCES);
        long state = facts.number(Fact.STATE_BYTES).orElse(0L);
        long peak = facts.number(Fact.PEAK_BYTES).orElse(0L);
        // An earlier ccupgrade kept only the sum of the two.
        long either = Math.max(0, peak - state);
        return Optional.of(new RehearsalReport(
                facts.isTrue(Fact.ISOLATED),
                state,
                Duration.ofMillis(facts.number(Fact.REHEARSED_COPY).orElse(0L)),
                Duration.ofMillis(migration.get()),
                facts.number(Fact.REHEARSED_ARCHIVE).map(Duration::ofMillis).orElse(null),
                facts.number(Fact.ARCHIVE_WRITTEN).orElse(0L),
                facts.get(Fact.ARCHIVE_UNREHEARSED),
                facts.number(Fact.REHEARSED_START).map(Duration::ofMillis).orElse(null),
                facts.get(Fact.NOT_STARTED),
                peak,
                facts.number(Fact.ADDED_BYTES).orElse(either),
                facts.number(Fact.TEMPORARY_BYTES).orElse(either),
                facts.number(Fact.GROWTH_BYTES).orElse(0L),
                facts.get(Fact.SCHEMA_BEFORE_TEXT),
                facts.get(Fact.SCHEMA_AFTER_TEXT),
                differences == null ? List.of() : differences.lines().toList(),
                RowsText.changes(facts.get(Fact.ROWS)),
                forecast));
    }

    /** A line each, a name and a text. */
    public List<List<String>> lines() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of(
                "copy",
                Words.format("%s in %s, while the service worked on", Words.bytes(stateBytes), Words.duration(copy))));
        boolean isStart = start != null && start.isZero();
        lines.add(List.of(
                "migration",
                Words.duration(migration) + (isStart ? ", from the start to the first healthy answer" : "")));
        if (archive != null) {
            lines.add(List.of(
                    "archive",
                    Words.format(
                            "%s of that; %s were written, to a layer over it: the live one was not touched",
                            Words.duration(archive), Words.bytes(archiveWrittenBytes))));
        } else if (archiveUnrehearsed != null) {
            lines.add(List.of("archive", "not rehearsed: " + archiveUnrehearsed));
        }
        if (notStarted != null) {
            lines.add(List.of("start", notStarted));
        } else if (start != null && !isStart) {
            lines.add(List.of("start", Words.duration(start) + " to the first healthy answer, on the copy"));
        }
        if (forecast != null) {
            lines.add(List.of("downtime", forecast.text()));
            forecast.parts()
                    .forEach(part -> lines.add(
                            List.of("", part.name() + " " + Words.duration(part.expected()) + ", " + part.basis())));
        }
        lines.add(List.of(
                "disk",
                Words.format(
                        "at most %s for copy, log and temporary files%s; the databases %s by %s",
                        Words.bytes(peakBytes),
                        temporaryBytes == 0 ? "" : " (these up to " + Words.bytes(temporaryBytes) + ")",
                        growthBytes < 0 ? "shrink" : "grow",
                        Words.bytes(Math.abs(growthBytes)))));
        if (schemaAfter != null) {
            lines.add(List.of("schema", schemaBefore + " → " + schemaAfter));
        }
        differences.forEach(difference -> lines.add(List.of("", difference)));
        rows.forEach(row -> lines.add(List.of("rows", row)));
        lines.add(List.of(
                "live data",
                isolated ? "out of reach: the copy lay in its place" : "watched: nothing of the rehearsal opened it"));
        return lines;
    }
}
