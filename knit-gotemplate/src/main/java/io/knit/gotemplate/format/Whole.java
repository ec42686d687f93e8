package io.knit.gotemplate.format;

import io.knit.gotemplate.value.GoText;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whole numbers by verbs. */
final class Whole {
    private Whole() {}

    /** Null: it has no such verb. */
    static @Nullable String of(long number, boolean isSigned, int verb, Flags flags) {
        return switch (verb) {
            case 'v' -> flags.sharpV && !isSigned ? hex(number, flags) : digits(number, 10, verb, flags);
            case 'd' -> digits(number, 10, verb, flags);
            case 'b' -> digits(number, 2, verb, flags);
            case 'o', 'O' -> digits(number, 8, verb, flags);
            case 'x', 'X' -> digits(number, 16, verb, flags);
            case 'c' -> flags.pad(Character.toString(character(number)));
            case 'q' -> flags.pad(Quoted.character(character(number), flags.plus));
            case 'U' -> unicode(number, flags);
            default -> null;
        };
    }

    private static String hex(long number, Flags flags) {
        boolean before = flags.sharp;
        flags.sharp = true;
        String text = digits(number, 16, 'v', flags);
        flags.sharp = before;
        return text;
    }

    private static int character(long number) {
        boolean isOne = number >= 0 && number <= Character.MAX_CODE_POINT && (number < 0xd800 || number > 0xdfff);
        return isOne ? (int) number : 0xfffd;
    }

    private static String digits(long number, int base, int verb, Flags flags) {
        boolean isNegative = number < 0;
        String digits = Long.toUnsignedString(isNegative ? -number : number, base);
        String sign = isNegative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
        int fewest = 0;
        if (flags.hasPrecision()) {
            fewest = flags.precision;
            if (fewest == 0 && number == 0) {
                return flags.pad("", false);
            }
        } else if (flags.fillsWithZeros() && flags.hasWidth()) {
            fewest = flags.width - sign.length();
        }
        digits = "0".repeat(Math.max(0, fewest - digits.length())) + digits;
        if (verb == 'X') {
            digits = digits.toUpperCase(Locale.ROOT);
        }
        String prefix = "";
        if (flags.sharp) {
            prefix = switch (base) {
                case 2 -> "0b";
                case 8 -> digits.startsWith("0") ? "" : "0";
                case 16 -> verb == 'X' ? "0X" : "0x";
                default -> "";
            };
        }
        if (verb == 'O') {
            prefix = "0o" + prefix;
        }
        return flags.pad(sign + prefix + digits, false);
    }

    private static String unicode(long number, Flags flags) {
        String digits = Long.toHexString(number).toUpperCase(Locale.ROOT);
        int fewest = Math.max(4, flags.precision);
        String text = "U+" + "0".repeat(Math.max(0, fewest - digits.length())) + digits;
        if (flags.sharp && number >= 0 && number <= Character.MAX_CODE_POINT && GoText.isShown((int) number)) {
            text += " '" + Character.toString((int) number) + "'";
        }
        return flags.pad(text, false);
    }
}
