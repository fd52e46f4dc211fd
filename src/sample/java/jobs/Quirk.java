package jobs;

/** What sets a release apart from a good one. */
enum Quirk {
    NONE,
    /** Knows no {@code -migrate-db}; {@code -server} migrates. */
    MIGRATES_AT_START,
    /** Serves, but says of itself that it is not healthy. */
    UNHEALTHY,
    /** Crashes three seconds after its start. */
    DIES,
    /** Goes on as if nothing were the matter when told to stop. */
    STUBBORN,
    /** {@code -migrate-db} says that all is well and has done nothing. */
    LIES,
    /** {@code -migrate-db} reaches the schema before the last one, does part of the rest and then never ends. */
    HANGS,
    /** {@code -migrate-db} says that all is well although a migration failed. */
    HIDES_FAILURE
}
