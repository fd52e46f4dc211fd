package ccupgrade.release;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a migration as Flyway reads it: {@code V1_2__add_index.sql} is version 1.2, "add index".
 *
 * @param prefix V, R or B
 * @param version null for R
 */
record MigrationName(char prefix, @Nullable String version, String description) {

    private static final Pattern NAME = Pattern.compile("(?:([VB])([0-9]+(?:[._][0-9]+)*)|R)__(.*)");

    /** By version, the repeatable ones last, by description. */
    static final Comparator<EmbeddedMigration> FLYWAYS_ORDER = (a, b) -> {
        String left = a.version();
        String right = b.version();
        if (left == null || right == null) {
            return left == null && right == null ? a.description().compareTo(b.description()) : left == null ? 1 : -1;
        }
        return Arrays.compare(parts(left), parts(right));
    };

    /** @param name without its suffix */
    static Optional<MigrationName> of(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String version = matcher.group(2);
        return Optional.of(new MigrationName(
                name.charAt(0),
                version == null ? null : version.replace('_', '.'),
                matcher.group(3).replace('_', ' ').strip()));
    }

    private static BigInteger[] parts(String version) {
        String[] words = version.split("\\.");
        BigInteger[] parts = new BigInteger[words.length];
        Arrays.setAll(parts, i -> new BigInteger(words[i]));
        int length = parts.length;
        while (length > 1 && parts[length - 1].signum() == 0) {
            length--; // 1.0 is 1
        }
        return Arrays.copyOf(parts, length);
    }
}
