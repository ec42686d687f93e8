package io.knit.bench.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The medians of both brokers in one row, and their ratio: the median of the rounds' ratios, as both brokers of a round saw
 * the same machine.
 */
final class Comparison {
    private final String row;
    private final double goal;
    private final boolean more;
    private final String unit;
    private final List<double[]> rounds = new ArrayList<>();

    /**
     * A row.
     *
     * @param more whether more is better; then the ratio must be at least the goal, else at most
     */
    Comparison(String row, String unit, double goal, boolean more) {
        this.row = row;
        this.unit = unit;
        this.goal = goal;
        this.more = more;
    }

    void add(double natsServer, double embedded) {
        rounds.add(new double[] {natsServer, embedded});
    }

    private double median(int broker) {
        return Median.of(rounds.stream().mapToDouble(round -> round[broker]).toArray());
    }

    double ratio() {
        return Median.of(
                rounds.stream().mapToDouble(round -> round[1] / round[0]).toArray());
    }

    boolean reached() {
        return more ? ratio() >= goal : ratio() <= goal;
    }

    static String head() {
        return "| row | unit | nats-server | embedded | ratio | goal | |\n|---|---|---:|---:|---:|---:|---|";
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %.2f | %s %s | %s |",
                row,
                unit,
                figure(median(0)),
                figure(median(1)),
                ratio(),
                more ? "≥" : "≤",
                goal,
                reached() ? "" : "behind");
    }

    private static String figure(double value) {
        return value >= 100 ? String.format(Locale.ROOT, "%,.0f", value) : String.format(Locale.ROOT, "%.3g", value);
    }
}
