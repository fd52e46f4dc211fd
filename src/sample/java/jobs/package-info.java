/**
 * A small service of the kind that ccupgrade upgrades, and no part of ccupgrade: it stands for other people's software, so it knows no class
 * of ccupgrade's and ccupgrade knows none of its.
 *
 * <p>It keeps jobs in SQLite, brings its schema up to date with Flyway and answers over HTTP. What makes it worth testing with is the
 * {@linkplain jobs.Chain row chain}: rows of which each one names the one before it, so that a lost, repeated or reordered row can be proved.
 *
 * <p>One set of classes becomes many releases. What a release is called, which schema it needs and which {@linkplain jobs.Quirk bad habit}
 * it has stands in its {@code sample.properties}; its migrations are below {@code db/migration} in its jar.
 */
package jobs;
