package io.knit.gotemplate.format;

import io.knit.gotemplate.bound.CostMeter;
import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.value.GoType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A text with directives, each of which is replaced by an argument. What does not fit is said in the text, as Go does. */
public final class Printf {
    /** What is wider is no width to Go. */
    private static final long MILLION = 1_000_000;

    private final String format;
    private final List<?> arguments;
    private final Out out;
    private int at;
    private int next;
    private boolean isIndexGood;
    private boolean isAfterIndex;
    private boolean isReordered;

    private Printf(String format, List<?> arguments, CostMeter meter) {
        this.format = format;
        this.arguments = arguments;
        this.out = Out.value(meter);
    }

    public static String of(String format, List<?> arguments, CostMeter meter) {
        Printf printf = new Printf(format, arguments, meter);
        printf.all();
        return printf.out.toString();
    }

    private void all() {
        while (at < format.length()) {
            int percent = format.indexOf('%', at);
            if (percent < 0) {
                out.add(format.substring(at));
                break;
            }
            out.add(format.substring(at, percent));
            at = percent + 1;
            directive();
        }
        if (!isReordered && next < arguments.size()) {
            extra();
        }
    }

    private void extra() {
        out.add("%!(EXTRA ");
        String between = "";
        for (Object each : arguments.subList(next, arguments.size())) {
            out.add(between);
            if (each == null) {
                out.add("<nil>");
            } else {
                out.add(GoType.of(each).goName()).add("=");
                new ValuePrinter(out, new Flags()).print(each, 'v');
            }
            between = ", ";
        }
        out.add(")");
    }

    private void directive() {
        Flags flags = flags();
        isIndexGood = true;
        isAfterIndex = false;
        index();
        width(flags);
        precision(flags);
        if (!isAfterIndex) {
            index();
        }
        if (at >= format.length()) {
            out.add("%!(NOVERB)");
            return;
        }
        int verb = format.codePointAt(at);
        at += Character.charCount(verb);
        if (verb == '%') {
            out.add("%");
        } else if (!isIndexGood) {
            out.add("%!").add(Character.toString(verb)).add("(BADINDEX)");
        } else if (next >= arguments.size()) {
            out.add("%!").add(Character.toString(verb)).add("(MISSING)");
        } else {
            if (verb == 'v' || verb == 'w') {
                flags.sharpV = flags.sharp;
                flags.sharp = false;
                flags.plus = false; // names of fields, of which there are none
            }
            new ValuePrinter(out, flags).print(arguments.get(next), verb);
            next++;
        }
    }

    private Flags flags() {
        Flags flags = new Flags();
        for (; at < format.length(); at++) {
            switch (format.charAt(at)) {
                case '#' -> flags.sharp = true;
                case '0' -> flags.zero = true;
                case '+' -> flags.plus = true;
                case '-' -> flags.minus = true;
                case ' ' -> flags.space = true;
                default -> {
                    return flags;
                }
            }
        }
        return flags;
    }

    private void width(Flags flags) {
        if (isAt('*')) {
            at++;
            Integer width = counted();
            if (width == null) {
                out.add("%!(BADWIDTH)");
            } else {
                flags.minus |= width < 0;
                flags.width = Math.abs(width);
            }
            isAfterIndex = false;
        } else {
            flags.width = number();
            isIndexGood &= !isAfterIndex || !flags.hasWidth();
        }
    }

    private void precision(Flags flags) {
        if (!isAt('.') || at + 1 == format.length()) {
            return;
        }
        at++;
        isIndexGood &= !isAfterIndex;
        index();
        if (isAt('*')) {
            at++;
            Integer precision = counted();
            if (precision == null || precision < 0) {
                out.add("%!(BADPREC)");
            } else {
                flags.precision = precision;
            }
            isAfterIndex = false;
        } else {
            flags.precision = Math.max(0, number());
        }
    }

    private boolean isAt(char sign) {
        return at < format.length() && format.charAt(at) == sign;
    }

    /** The next argument as a width; null: it is none. */
    private @Nullable Integer counted() {
        if (next >= arguments.size()) {
            return null;
        }
        Object argument = arguments.get(next++);
        if (!GoType.of(argument).isWhole() || !(argument instanceof Number number)) {
            return null;
        }
        long width = number.longValue();
        return width > MILLION || width < -MILLION ? null : (Integer) checked(width);
    }

    private static int checked(long width) {
        if (Math.abs(width) > Flags.MOST) {
            throw new GoFault("printf takes widths and precisions up to " + Flags.MOST);
        }
        return (int) width;
    }

    private int number() {
        if (at >= format.length() || !isDigit(at)) {
            return Flags.ABSENT;
        }
        int number = 0;
        for (; at < format.length() && isDigit(at); at++) {
            number = checked(number * 10L + (format.charAt(at) - '0'));
        }
        return number;
    }

    private boolean isDigit(int index) {
        return format.charAt(index) >= '0' && format.charAt(index) <= '9';
    }

    /** {@code [3]}: which argument comes next. */
    private void index() {
        isAfterIndex = false;
        if (!isAt('[')) {
            return;
        }
        isReordered = true;
        int end = format.indexOf(']', at + 1);
        if (end < 0) {
            isIndexGood = false;
            at++;
            return;
        }
        String digits = format.substring(at + 1, end);
        at = end + 1;
        boolean isNumber =
                !digits.isEmpty() && digits.length() < 7 && digits.chars().allMatch(it -> it >= '0' && it <= '9');
        int index = isNumber ? Integer.parseInt(digits) - 1 : -1;
        isAfterIndex = isNumber;
        if (index >= 0 && index < arguments.size()) {
            next = index;
        } else {
            isIndexGood = false;
        }
    }
}
