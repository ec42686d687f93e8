package io.knit.gotemplate.parse;

import io.knit.gotemplate.bound.GoFault;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Numbers and texts as they are written in Go. */
final class Literals {
    private static final BigInteger MOST_UNSIGNED = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private Literals() {}

    /** A Long or a Double; null: one that fits only where there is no sign, for which no value has room. */
    static @Nullable Object number(String text) {
        BigInteger whole = whole(text);
        boolean isHex = text.length() > 2
                && text.charAt(0) == '0'
                && (text.charAt(1) == 'x' || text.charAt(1) == 'X')
                && text.indexOf('p') < 0
                && text.indexOf('P') < 0;
        boolean isPointed = !isHex && text.chars().anyMatch(sign -> ".eEpP".indexOf(sign) >= 0);
        if (whole != null && whole.bitLength() < 64) {
            return isPointed ? (Object) whole.doubleValue() : (Object) whole.longValue();
        }
        boolean hasSign = text.startsWith("+") || text.startsWith("-");
        if (whole != null && !hasSign && whole.signum() >= 0 && whole.compareTo(MOST_UNSIGNED) <= 0) {
            return null;
        }
        double number = floating(text);
        if (text.chars().noneMatch(sign -> ".eEpP".indexOf(sign) >= 0)) {
            throw new GoFault("this number is too large");
        }
        return isPointed ? (Object) number : (Object) (long) number;
    }

    private static @Nullable BigInteger whole(String text) {
        String digits = text.startsWith("+") || text.startsWith("-") ? text.substring(1) : text;
        if (!underscoresFit(digits)) {
            return null;
        }
        int base = 10;
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            base = switch (digits.charAt(1)) {
                case 'x', 'X' -> 16;
                case 'o', 'O' -> -8;
                case 'b', 'B' -> 2;
                default -> 8;
            };
            digits = digits.substring(base == 8 ? 1 : 2);
            base = Math.abs(base);
        }
        digits = digits.replace("_", "");
        if (digits.isEmpty() || digits.length() > 70) {
            return null;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (Character.digit(digits.charAt(i), base) < 0) {
                return null;
            }
        }
        BigInteger number = new BigInteger(digits, base);
        return text.startsWith("-") ? number.negate() : number;
    }

    private static GoFault notANumber() {
        return new GoFault("this is not how numbers are written");
    }

    private static double floating(String text) {
        String digits = text.startsWith("+") || text.startsWith("-") ? text.substring(1) : text;
        boolean isHex = digits.startsWith("0x") || digits.startsWith("0X");
        if (digits.length() > 400 || !underscoresFit(digits) || digits.startsWith("0b") || digits.startsWith("0o")) {
            throw notANumber();
        }
        if (isHex && digits.indexOf('p') < 0 && digits.indexOf('P') < 0) {
            throw notANumber();
        }
        try {
            double number = Double.parseDouble(text.replace("_", ""));
            if (Double.isInfinite(number)) {
                throw new GoFault("this number is too large");
            }
            return number;
        } catch (NumberFormatException e) {
            throw notANumber();
        }
    }

    /** They stand between digits, or after what says the base. */
    private static boolean underscoresFit(String digits) {
        boolean isPrefixed = digits.length() > 1 && digits.charAt(0) == '0' && "xXoObB".indexOf(digits.charAt(1)) >= 0;
        boolean isHex = isPrefixed && Character.toLowerCase(digits.charAt(1)) == 'x';
        char before = isPrefixed ? '0' : '^';
        for (int i = isPrefixed ? 2 : 0; i < digits.length(); i++) {
            char sign = digits.charAt(i);
            boolean isDigit = Character.digit(sign, isHex ? 16 : 10) >= 0;
            if (sign == '_' && before != '0' || !isDigit && sign != '_' && before == '_') {
                return false;
            }
            before = isDigit ? '0' : sign == '_' ? '_' : '!';
        }
        return before != '_';
    }

    /** What stands between back quotes, without carriage returns, as in Go. */
    static String raw(String quoted) {
        return quoted.substring(1, quoted.length() - 1).replace("\r", "");
    }

    /** What stands between double quotes. */
    static String text(String quoted) {
        return unescaped(quoted.substring(1, quoted.length() - 1), '"');
    }

    /** One character between quotes, as its number. */
    static long character(String quoted) {
        String inside = unescaped(quoted.substring(1, quoted.length() - 1), '\'');
        if (inside.codePointCount(0, inside.length()) != 1) {
            throw new GoFault("between single quotes stands one character; texts have double quotes");
        }
        return inside.codePointAt(0);
    }

    private static String unescaped(String text, char quote) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char sign = text.charAt(i);
            if (sign != '\\') {
                plain.append(sign);
                continue;
            }
            i++;
            char kind = text.charAt(i);
            int digits = switch (kind) {
                case 'x' -> 2;
                case 'u' -> 4;
                case 'U' -> 8;
                case '0', '1', '2', '3', '4', '5', '6', '7' -> 3;
                default -> 0;
            };
            if (digits == 0) {
                plain.append(simple(kind, quote));
            } else if (digits == 3) {
                plain.appendCodePoint(numbered(text, i, 3, 8, quote));
                i += 2;
            } else {
                plain.appendCodePoint(numbered(text, i + 1, digits, 16, quote));
                i += digits;
            }
        }
        return plain.toString();
    }

    private static char simple(char kind, char quote) {
        return switch (kind) {
            case 'a' -> '\u0007';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> '\u000b';
            case '\\' -> '\\';
            default -> {
                if (kind != quote) {
                    throw new GoFault("\\" + kind + " is no escape of Go");
                }
                yield kind;
            }
        };
    }

    private static int numbered(String text, int from, int digits, int base, char quote) {
        long number = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = i < text.length() && text.charAt(i) < 0x7f ? Character.digit(text.charAt(i), base) : -1;
            if (digit < 0) {
                throw new GoFault("an escape has too few digits");
            }
            number = number * base + digit;
        }
        boolean isByte = digits < 4;
        if (isByte && number > 0xff || number > Character.MAX_CODE_POINT || number >= 0xd800 && number < 0xe000) {
            throw new GoFault("an escape is no character");
        }
        if (isByte && number > 0x7f && quote == '"') {
            throw new GoFault("an escape is half of a character; write \\u and four digits");
        }
        return (int) number;
    }
}
