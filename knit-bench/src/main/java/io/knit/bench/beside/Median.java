package io.knit.bench.beside;

import java.util.Arrays;

/** The middle of measured values, and other places in their order. */
public final class Median {
    private Median() {}

    public static double of(double[] values) {
        return at(values, 0.5);
    }

    /** The value below which such a part of all lies, 0 to 1. */
    public static double at(double[] values, double part) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.round(Math.floor(part * sorted.length)))];
    }
}
