package io.knit.api.spi;

import java.math.BigDecimal;

/** Parts of processors as people write them: {@code 0.5}, {@code 2}. Reckoned in thousandths, so that nothing is rounded. */
public final class Cores {
    private static final int DIGITS = 3;

    private Cores() {}

    /**
     * The thousandths.
     *
     * @throws ArithmeticException if it has more than three digits behind the point, or is far too large
     */
    public static int of(BigDecimal cores) {
        return cores.movePointRight(DIGITS).intValueExact();
    }

    /** Without zeros that say nothing. */
    public static BigDecimal decimal(long thousandths) {
        BigDecimal cores = BigDecimal.valueOf(thousandths, DIGITS).stripTrailingZeros();
        return cores.scale() < 0 ? cores.setScale(0) : cores;
    }

    /** {@code 0.5}. */
    public static String text(long thousandths) {
        return decimal(thousandths).toPlainString();
    }
}
