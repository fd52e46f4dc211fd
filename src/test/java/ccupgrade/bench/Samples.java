package ccupgrade.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Measured values of one thing, in any order; at least one. */
record Samples(List<Double> values) {

    Samples {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        values = values.stream().sorted().toList();
    }

    static Samples of(double... values) {
        return new Samples(DoubleStream.of(values).boxed().toList());
    }

    double min() {
        return values.get(0);
    }

    double max() {
        return values.get(values.size() - 1);
    }

    /** Of an even number the mean of the two in the middle. */
    double median() {
        int half = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(half) : (values.get(half - 1) + values.get(half)) / 2;
    }

    /** The smallest value that at least so many per cent of all do not exceed: always one that was measured. */
    double percentile(double percent) {
        int rank = (int) Math.ceil(values.size() * percent / 100);
        return values.get(Math.max(1, rank) - 1);
    }

    /** Median and range: {@code 0.31 (0.28–0.40)}; the median alone when there is no more. */
    String text(int decimals) {
        String median = number(median(), decimals);
        return values.size() == 1
                ? median
                : median + " (" + number(min(), decimals) + "–" + number(max(), decimals) + ")";
    }

    static String number(double value, int decimals) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
