/**
 * Power failures. The system calls of a real ccupgrade, of its SQLite and of the migration that it starts are recorded by a tracer; from
 * the recording every disk is made that a failure at any point may leave; ccupgrade recovers on each, and must end in the old place or in
 * the new one.
 *
 * <p>System calls and not the verbs of {@link ccupgrade.disk.Disk}, because that each verb is durable is what is to be proved; and because
 * others write too: SQLite, and a migration that is not ours. The model is weaker than any file system in use: it takes nothing for
 * durable but what was synced itself, a file's name not by the file's sync, and orders nothing. What it takes for granted: a rename within
 * one directory happens or does not; one into another directory may show both names, never none; a file is made together with its name.
 */
package ccupgrade.power;
