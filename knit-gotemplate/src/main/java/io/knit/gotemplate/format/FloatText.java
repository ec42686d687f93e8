package io.knit.gotemplate.format;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers with a point by verbs. */
final class FloatText {
    /** So many digits tell each from all others. */
    private static final int MOST_DIGITS = 17;

    private FloatText() {}

    /** As {@code %v} without anything. */
    static String of(double number) {
        return String.valueOf(of(number, 'v', new Flags()));
    }

    /** Null: it has no such verb. */
    static @Nullable String of(double number, int verb, Flags flags) {
        int precision = switch (verb) {
            case 'v', 'g', 'G', 'b', 'x', 'X' -> Flags.ABSENT;
            case 'e', 'E', 'f', 'F' -> 6;
            default -> -2;
        };
        if (precision == -2) {
            return null;
        }
        precision = flags.hasPrecision() ? flags.precision : precision;
        boolean isNegative = Double.doubleToRawLongBits(number) < 0;
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            String sign = flags.plus ? "+" : flags.space ? " " : "";
            String infinite = number < 0 ? "-" : sign.isEmpty() ? "+" : sign;
            return flags.pad(Double.isNaN(number) ? sign + "NaN" : infinite + "Inf", false);
        }
        String digits = plain(Math.abs(number), verb, precision);
        if (flags.sharp && verb != 'b') {
            digits = pointed(digits, verb, precision);
        }
        String sign = isNegative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
        if (flags.fillsWithZeros() && flags.hasWidth() && !sign.isEmpty()) {
            return sign + "0".repeat(Math.max(0, flags.width - sign.length() - digits.length())) + digits;
        }
        return flags.pad(sign + digits);
    }

    private static String plain(double number, int verb, int precision) {
        return switch (verb) {
            case 'b' -> binary(number);
            case 'x', 'X' -> {
                String hex = hex(number, precision);
                yield verb == 'X' ? hex.toUpperCase(Locale.ROOT) : hex;
            }
            case 'e', 'E' -> exponent(round(number, precision + 1), precision, verb);
            case 'f', 'F' ->
                new BigDecimal(number)
                        .setScale(precision, RoundingMode.HALF_EVEN)
                        .toPlainString();
            default -> general(number, verb, precision);
        };
    }

    private static String general(double number, int verb, int precision) {
        char sign = verb == 'G' ? 'E' : 'e';
        if (number == 0) {
            return "0";
        }
        boolean isShortest = precision == Flags.ABSENT;
        BigDecimal digits =
                (isShortest ? shortest(number) : round(number, Math.max(1, precision))).stripTrailingZeros();
        int count = digits.precision();
        int point = count - digits.scale();
        int most = isShortest ? 6 : Math.max(1, precision);
        if (!isShortest && most > count && count >= point) {
            most = count;
        }
        if (point - 1 < -4 || point - 1 >= most) {
            return exponent(digits, count - 1, sign);
        }
        return digits.toPlainString();
    }

    private static BigDecimal round(double number, int digits) {
        return new BigDecimal(number).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    }

    /** The shortest that is read as the same number; the nearest of these. */
    private static BigDecimal shortest(double number) {
        BigDecimal exact = new BigDecimal(number);
        for (int digits = 1; digits < MOST_DIGITS; digits++) {
            BigDecimal below = exact.round(new MathContext(digits, RoundingMode.DOWN));
            BigDecimal above = exact.round(new MathContext(digits, RoundingMode.UP));
            boolean fitsBelow = below.doubleValue() == number;
            boolean fitsAbove = above.doubleValue() == number;
            if (fitsBelow && fitsAbove) {
                return exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            }
            if (fitsBelow || fitsAbove) {
                return fitsBelow ? below : above;
            }
        }
        return exact.round(new MathContext(MOST_DIGITS, RoundingMode.HALF_EVEN));
    }

    private static String exponent(BigDecimal number, int decimals, int sign) {
        boolean isZero = number.signum() == 0;
        String digits = isZero ? "0" : number.unscaledValue().toString();
        int power = isZero ? 0 : digits.length() - 1 - number.scale();
        digits = digits.length() > decimals + 1
                ? digits.substring(0, decimals + 1)
                : digits + "0".repeat(decimals + 1 - digits.length());
        String point = decimals > 0 ? "." + digits.substring(1) : "";
        return digits.charAt(0)
                + point
                + (char) sign
                + (power < 0 ? "-" : "+")
                + (Math.abs(power) < 10 ? "0" : "")
                + Math.abs(power);
    }

    private static String binary(double number) {
        long bits = Double.doubleToRawLongBits(number);
        long mantissa = bits & ((1L << 52) - 1);
        int power = (int) (bits >>> 52) & 0x7ff;
        if (power == 0) {
            power++;
        } else {
            mantissa |= 1L << 52;
        }
        power -= 1075;
        return mantissa + "p" + (power < 0 ? "" : "+") + power;
    }

    private static String hex(double number, int precision) {
        if (number == 0) {
            return "0x0" + (precision > 0 ? "." + "0".repeat(precision) : "") + "p+00";
        }
        int power = Math.getExponent(number);
        long mantissa = Double.doubleToRawLongBits(number) & ((1L << 52) - 1);
        if (power < Double.MIN_EXPONENT) {
            power = Double.MIN_EXPONENT;
            while ((mantissa & (1L << 52)) == 0) {
                mantissa <<= 1;
                power--;
            }
        }
        BigInteger digits = BigInteger.valueOf(mantissa | 1L << 52);
        int count = 13;
        if (precision != Flags.ABSENT && precision < 13) {
            int drop = 4 * (13 - precision);
            BigDecimal rounded = new BigDecimal(digits)
                    .divide(new BigDecimal(BigInteger.ONE.shiftLeft(drop)), 0, RoundingMode.HALF_EVEN);
            digits = rounded.toBigInteger();
            count = precision;
            if (digits.bitLength() > 4 * count + 1) {
                digits = digits.shiftRight(1);
                power++;
            }
        }
        String all = digits.toString(16);
        String after = all.substring(1);
        if (precision == Flags.ABSENT) {
            after = after.replaceAll("0+$", "");
        } else {
            after += "0".repeat(Math.max(0, precision - count));
        }
        return "0x" + all.charAt(0) + (after.isEmpty() ? "" : "." + after) + "p" + (power < 0 ? "-" : "+")
                + (Math.abs(power) < 10 ? "0" : "") + Math.abs(power);
    }

    /** With a point, and with the zeros behind it that were left out. */
    private static String pointed(String number, int verb, int precision) {
        int digits = switch (verb) {
            case 'v', 'g', 'G', 'x', 'X' -> precision == Flags.ABSENT ? 6 : precision;
            default -> 0;
        };
        boolean isHex = verb == 'x' || verb == 'X';
        int tail = number.length();
        boolean hasPoint = false;
        boolean counts = false;
        for (int i = 0; i < number.length(); i++) {
            char sign = number.charAt(i);
            if (sign == '.') {
                hasPoint = true;
            } else if (sign == 'p' || sign == 'P' || !isHex && (sign == 'e' || sign == 'E')) {
                tail = i;
                break;
            } else {
                counts |= sign != '0';
                digits -= counts ? 1 : 0;
            }
        }
        String before = number.substring(0, tail);
        if (!hasPoint) {
            digits -= before.equals("0") ? 1 : 0;
            before += ".";
        }
        return before + "0".repeat(Math.max(0, digits)) + number.substring(tail);
    }
}
