package io.knit.bench.beside;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;

/** The rows as they come. */
public final class Table {
    private final PrintStream out;

    public Table(PrintStream out) {
        this.out = out;
        out.println("| row | unit | measured | goal | |\n|---|---|---:|---|---|");
    }

    public void atLeast(double goal, String name, String unit, double measured) {
        row(name, unit, measured, "≥ " + number(goal), measured < goal);
    }

    public void atMost(double goal, String name, String unit, double measured) {
        row(name, unit, measured, "≤ " + number(goal), measured > goal);
    }

    /** For comparison. */
    public void beside(String name, String unit, double measured) {
        row(name, unit, measured, "", false);
    }

    private void row(String name, String unit, double measured, String goal, boolean behind) {
        out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s |%n",
                name,
                unit,
                number(measured),
                goal,
                behind ? "behind" : "");
    }

    private static String number(double number) {
        boolean whole = number == Math.rint(number) || Math.abs(number) >= 1_000;
        return String.format(Locale.ROOT, whole ? "%,.0f" : number >= 100 ? "%.0f" : "%.2f", number);
    }

    public static double median(double[] values) {
        return at(values, 0.5);
    }

    /** The value that such a part of all does not exceed. */
    public static double at(double[] values, double part) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
    }
}
