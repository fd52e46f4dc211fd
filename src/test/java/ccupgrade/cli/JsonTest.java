package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {

    private enum Verdict {
        NEVER_STARTED
    }

    private record Release(
            long epoch,
            @Nullable String version,
            Instant installed,
            Path file,
            Verdict verdict,
            boolean current,
            Optional<String> note,
            OptionalLong size) {}

    private record Downtime(@Nullable Duration downtime, Duration took) {}

    private record Releases(List<Release> releases) {}

    @Test
    void a_document_is_an_envelope_with_the_bodys_fields() {
        Release release = new Release(
                1795369200,
                null,
                Instant.parse("2026-11-22T18:40:00Z"),
                Path.of("/srv/<jobs>.jar"),
                Verdict.NEVER_STARTED,
                true,
                Optional.empty(),
                OptionalLong.of(444));
        assertThat(Json.document("releases", new Releases(List.of(release)))).isEqualTo("""
                        {
                          "format": 1,
                          "kind": "releases",
                          "releases": [
                            {
                              "epoch": 1795369200,
                              "version": null,
                              "installed": "2026-11-22T18:40:00Z",
                              "file": "/srv/<jobs>.jar",
                              "verdict": "never-started",
                              "current": true,
                              "note": null,
                              "size": 444
                            }
                          ]
                        }""");
    }

    @Test
    void a_duration_is_milliseconds_and_its_name_says_so_even_when_absent() {
        assertThat(Json.document("x", new Downtime(null, Duration.ofMillis(2100))))
                .contains("\"downtimeMs\": null", "\"tookMs\": 2100");
        assertThat(Json.document("x", Map.of("took", Duration.ofSeconds(1)))).contains("\"tookMs\": 1000");
    }

    @Test
    void keys_of_a_map_stay_as_they_are() {
        assertThat(Json.document("rows", Map.of("rows", Map.of("Job_Tag", 12L))))
                .contains("\"Job_Tag\": 12");
    }

    @Test
    void a_body_cannot_overwrite_the_envelope() {
        assertThatThrownBy(() -> Json.document("x", Map.of("kind", "y"))).isInstanceOf(IllegalArgumentException.class);
        assertThat(Json.document("x", Map.of("inner", Map.of("kind", "y")))).contains("\"kind\": \"y\"");
    }

    @Test
    void what_has_no_form_in_json_is_a_mistake() {
        assertThatThrownBy(() -> Json.document("x", Map.of("value", new Object())))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
