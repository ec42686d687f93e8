package io.knit.bench.beside;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The medians of a peer and of Knit in one row, and their ratio: the median of the rounds' ratios, as both saw the same machine in a
 * round.
 */
public final class Comparison {
    private final String row;
    private final @Nullable Double goal;
    private final boolean more;
    private final String unit;
    private final List<double[]> rounds = new ArrayList<>();

    private Comparison(String row, String unit, @Nullable Double goal, boolean more) {
        this.row = row;
        this.unit = unit;
        this.goal = goal;
        this.more = more;
    }

    /**
     * A row.
     *
     * @param more whether more is better; then the ratio must be at least the goal, else at most
     */
    public Comparison(String row, String unit, double goal, boolean more) {
        this(row, unit, (Double) goal, more);
    }

    /** A row that has no goal. */
    public static Comparison without(String row, String unit) {
        return new Comparison(row, unit, null, false);
    }

    public void add(double peer, double knit) {
        rounds.add(new double[] {peer, knit});
    }

    private double median(int side) {
        return Median.of(rounds.stream().mapToDouble(round -> round[side]).toArray());
    }

    public double ratio() {
        return Median.of(
                rounds.stream().mapToDouble(round -> round[1] / round[0]).toArray());
    }

    boolean reached() {
        return goal == null || (more ? ratio() >= goal : ratio() <= goal);
    }

    /** The table's first lines. */
    public static String head(String peer, String knit) {
        return "| row | unit | " + peer + " | " + knit + " | ratio | goal | |\n|---|---|---:|---:|---:|---:|---|";
    }

    public String line() {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %.2f | %s | %s |",
                row,
                unit,
                figure(median(0)),
                figure(median(1)),
                ratio(),
                goal == null ? "" : (more ? "≥ " : "≤ ") + goal,
                reached() ? "" : "behind");
    }

    private static String figure(double value) {
        return value >= 100 ? String.format(Locale.ROOT, "%,.0f", value) : String.format(Locale.ROOT, "%.3g", value);
    }
}
