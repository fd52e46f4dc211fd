package ccupgrade.upgrade;

import java.math.BigInteger;
import java.util.Optional;

/** Numbers with dots between them, as golang-migrate, Flyway and archives count: 8, 202401011200, 3.1.2. */
final class StateVersion {

    private StateVersion() {}

    /** As of {@link Comparable#compareTo}; empty when one of them is something else. */
    static Optional<Integer> compare(String one, String other) {
        if (!isVersion(one) || !isVersion(other)) {
            return Optional.empty();
        }
        String[] ones = one.split("\\.");
        String[] others = other.split("\\.");
        for (int i = 0; i < Math.max(ones.length, others.length); i++) {
            int order = part(ones, i).compareTo(part(others, i));
            if (order != 0) {
                return Optional.of(order);
            }
        }
        return Optional.of(0);
    }

    private static boolean isVersion(String text) {
        return text.matches("\\d{1,100}(\\.\\d{1,100}){0,20}");
    }

    private static BigInteger part(String[] parts, int i) {
        return i < parts.length ? new BigInteger(parts[i]) : BigInteger.ZERO;
    }
}
