package ccupgrade.state;

/** Who keeps the version of a schema. */
public enum VersionKind {
    /** The table {@code schema_migrations} with the columns {@code version} and {@code dirty}. */
    GOLANG_MIGRATE,
    /** The table {@code flyway_schema_history}. */
    FLYWAY,
    /** {@code PRAGMA user_version}, where it is not 0. */
    USER_VERSION,
    /** Nobody that we know of. */
    NONE
}
