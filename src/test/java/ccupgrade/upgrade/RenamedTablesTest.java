package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RenamedTablesTest {

    private static final Set<String> BEFORE = Set.of("table user", "column user.name TEXT", "column user.mail TEXT");

    private static RenamedTables tables(Map<String, Long> after, String... objects) {
        return new RenamedTables(Map.of("user", 7L), after, BEFORE, Set.of(objects));
    }

    @Test
    void a_new_table_with_the_same_columns_and_as_many_rows_is_the_old_one() {
        assertThat(tables(Map.of("hpc_user", 7L), "column hpc_user.name TEXT", "column hpc_user.mail TEXT")
                        .nameNow("user"))
                .contains("hpc_user");
    }

    @Test
    void one_with_other_columns_or_fewer_rows_is_not() {
        assertThat(tables(Map.of("hpc_user", 7L), "column hpc_user.name TEXT").nameNow("user"))
                .isEmpty();
        assertThat(tables(Map.of("hpc_user", 6L), "column hpc_user.name TEXT", "column hpc_user.mail TEXT")
                        .nameNow("user"))
                .isEmpty();
    }

    @Test
    void two_that_could_be_it_prove_nothing() {
        assertThat(tables(
                                Map.of("a", 7L, "b", 7L),
                                "column a.name TEXT",
                                "column a.mail TEXT",
                                "column b.name TEXT",
                                "column b.mail TEXT")
                        .nameNow("user"))
                .isEmpty();
    }

    @Test
    void one_that_is_still_there_was_not_renamed() {
        assertThat(tables(Map.of("user", 0L, "hpc_user", 7L), "column hpc_user.name TEXT", "column hpc_user.mail TEXT")
                        .nameNow("user"))
                .isEmpty();
    }
}
