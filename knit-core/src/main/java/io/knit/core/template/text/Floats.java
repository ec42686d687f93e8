package io.knit.core.template.text;

import java.util.Locale;

/** Numbers with a point or an exponent. */
final class Floats {
    private Floats() {}

    /** With a point before the exponent, and a sign in it: without these, readers of YAML 1.1 take {@code 1e5} for a text. */
    static String of(Number number) {
        String digits = number.toString().toLowerCase(Locale.ROOT);
        int exponent = digits.indexOf('e');
        if (exponent < 0) {
            return digits;
        }
        String before = digits.substring(0, exponent);
        String power = digits.substring(exponent + 1);
        boolean signed = power.startsWith("-") || power.startsWith("+");
        return (before.contains(".") ? before : before + ".0") + "e" + (signed ? power : "+" + power);
    }
}
