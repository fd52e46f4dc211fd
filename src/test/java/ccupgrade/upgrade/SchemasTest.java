package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.state.HistoryRow;
import ccupgrade.state.SchemaVersion;
import ccupgrade.state.VersionKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SchemasTest {

    private static final SchemaVersion FLYWAY = new SchemaVersion(
            VersionKind.FLYWAY,
            "1.2",
            false,
            "a".repeat(64),
            List.of(new HistoryRow(1, "1.2", "x", "SQL", "V1.2__x.sql", 1, true)));
    private static final SchemaVersion DIRTY =
            new SchemaVersion(VersionKind.GOLANG_MIGRATE, "8", true, "b".repeat(64), List.of());
    private static final SchemaVersion NONE =
            new SchemaVersion(VersionKind.NONE, null, false, "c".repeat(64), List.of());

    @Test
    void an_identity_can_be_read_as_the_text_of_then() {
        for (Map<String, Optional<SchemaVersion>> databases : List.of(
                Map.<String, Optional<SchemaVersion>>of(),
                Map.of("var/jobs.db", Optional.of(FLYWAY)),
                Map.of("a=b:c@1.db", Optional.of(DIRTY)),
                Map.of("x.db", Optional.of(NONE)))) {
            Schemas schemas = new Schemas(databases);
            assertThat(Schemas.textOf(schemas.identity())).contains(schemas.text());
        }
        Schemas several = new Schemas(
                new TreeMap<>(Map.of("a=user_version:7.db", Optional.of(FLYWAY), "b.db", Optional.of(DIRTY))));
        assertThat(Schemas.textOf(several.identity())).contains(several.text());
    }

    @Test
    void an_identity_of_another_form_is_not_guessed_at() {
        assertThat(Schemas.textOf("var/jobs.db=liquibase:7:" + "a".repeat(64))).isEmpty();
        assertThat(Schemas.textOf("7")).isEmpty();
    }

    @Test
    void the_version_of_an_archive_is_part_of_it() {
        Map<String, Optional<SchemaVersion>> databases = Map.of("var/jobs.db", Optional.of(FLYWAY));
        Schemas two = new Schemas(databases, Optional.of(2L));
        assertThat(two.text()).isEqualTo("1.2, archive 2");
        assertThat(Schemas.textOf(two.identity())).contains(two.text());
        Schemas alone = new Schemas(Map.of(), Optional.of(2L));
        assertThat(Schemas.textOf(alone.identity())).contains(alone.text());
        assertThat(two.isIdentifiedBy(two.identity())).isTrue();
        assertThat(two.isIdentifiedBy(new Schemas(databases, Optional.of(3L)).identity()))
                .isFalse();
        // What was noted before the archive was named.
        assertThat(two.isIdentifiedBy(new Schemas(databases).identity())).isTrue();
        assertThat(two.isIdentifiedBy(null)).isFalse();
    }
}
