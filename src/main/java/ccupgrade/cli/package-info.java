/**
 * How ccupgrade speaks with people and with programs: one class per command, and the toolkit they speak by.
 *
 * <p>Two streams, two readers. Standard output carries what the command was asked for: a table, a sentence, or one JSON document.
 * Standard error carries everything about the way there: steps, progress, warnings, errors, questions. So {@code ccupgrade list | grep}
 * and {@code ccupgrade -o json … | jq} never meet a progress bar.
 *
 * <p>{@link ccupgrade.cli.Console} is the only class that prints. It learns from {@link ccupgrade.cli.Terminal} where the streams lead and
 * from {@link ccupgrade.cli.GlobalOptions} what the caller wishes, and decides colour, width and moving lines from both; nobody else asks
 * whether something is a terminal. {@link ccupgrade.cli.Problem} is what a failure comes down to for its reader, and
 * {@link ccupgrade.cli.ExitCode} what it comes down to for a script. Every text from outside (a jar's manifest, a service's output) goes
 * through {@link ccupgrade.words.Words#printable}, because it could hold escape sequences.
 *
 * <p>This package may know {@code upgrade} and what lies below it, and {@code config}, {@code fault} and {@code disk}. Only {@code Main}
 * knows this package. Gson is loaded by {@link ccupgrade.cli.Json} alone, which nothing touches that prints tables.
 */
@NullMarked
package ccupgrade.cli;

import org.jspecify.annotations.NullMarked;
