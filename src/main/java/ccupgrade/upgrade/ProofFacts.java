package ccupgrade.upgrade;

import ccupgrade.release.Proofs;
import ccupgrade.saga.Facts;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What shows where a release comes from, on its way through the journal. */
final class ProofFacts {

    private ProofFacts() {}

    static Map<String, String> given(Proofs proofs) {
        Map<String, String> facts = new LinkedHashMap<>();
        put(facts, Fact.EXPECTED_SHA256, proofs.sha256());
        put(facts, Fact.CHECKSUMS, proofs.checksums());
        put(facts, Fact.SIGNATURE, proofs.signature());
        return facts;
    }

    private static void put(Map<String, String> facts, String key, @Nullable Object value) {
        if (value != null) {
            facts.put(key, value instanceof Path path ? path.toAbsolutePath().toString() : value.toString());
        }
    }

    static Proofs of(Facts facts) {
        return new Proofs(facts.get(Fact.EXPECTED_SHA256), path(facts, Fact.CHECKSUMS), path(facts, Fact.SIGNATURE));
    }

    private static @Nullable Path path(Facts facts, String key) {
        String value = facts.get(key);
        return value == null ? null : Path.of(value);
    }
}
