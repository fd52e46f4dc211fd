package ccupgrade.bench;

/** What stands between the old release and the new one. */
enum Procedure {
    NOTHING("nothing kept", "stop, migrate, start: shows what is left of the measurement itself"),
    COPY("(a) cp", "by hand: stop, cp, migrate, start"),
    SYNCED_COPY("(a) cp, synced", "the same, and the copy is brought to the disk before the migration begins"),
    BACKUP("(b) .backup", "by hand: stop, sqlite3 .backup, migrate, start"),
    CCUPGRADE("(c) ccupgrade", "ccupgrade install");

    final String title;
    final String meaning;

    Procedure(String title, String meaning) {
        this.title = title;
        this.meaning = meaning;
    }
}
