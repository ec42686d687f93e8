package io.knit.bench.broker;

import java.util.Arrays;

/** The middle of measured values, and other places in their order. */
final class Median {
    private Median() {}

    static double of(double[] values) {
        return at(values, 0.5);
    }

    /** The value below which such a part of all lies, 0 to 1. */
    static double at(double[] values, double part) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.round(Math.floor(part * sorted.length)))];
    }
}
