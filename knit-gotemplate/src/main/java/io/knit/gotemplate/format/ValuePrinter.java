package io.knit.gotemplate.format;

import io.knit.gotemplate.bound.CostMeter;
import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.value.GoText;
import io.knit.gotemplate.value.GoType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Values as Go's {@code fmt} writes them. */
public final class ValuePrinter {
    /** What nothing is written as. */
    public static final String NO_VALUE = "<no value>";

    private static final int FLOAT = 2_000; // what the shortest digits cost to find
    private static final int ELEMENT = 8;
    private static final int MOST_DEEP = 64;

    private final Out out;
    private final Flags flags;

    ValuePrinter(Out out, Flags flags) {
        this.out = out;
        this.flags = flags;
    }

    /** What an action writes. */
    public static void write(@Nullable Object value, Out out) {
        if (value == null) {
            out.add(NO_VALUE);
        } else {
            new ValuePrinter(out, new Flags()).print(value, 'v');
        }
    }

    /** As {@code print}: with spaces between two that are no texts. */
    public static String print(List<?> values, CostMeter meter) {
        Out out = Out.value(meter);
        Object before = "";
        for (Object each : values) {
            if (!(before instanceof String) && !(each instanceof String)) {
                out.add(' ');
            }
            new ValuePrinter(out, new Flags()).print(each, 'v');
            before = each == null ? Boolean.FALSE : each;
        }
        return out.toString();
    }

    /** As {@code println}. */
    public static String printLine(List<?> values, CostMeter meter) {
        Out out = Out.value(meter);
        String between = "";
        for (Object each : values) {
            out.add(between);
            new ValuePrinter(out, new Flags()).print(each, 'v');
            between = " ";
        }
        return out.add('\n').toString();
    }

    /** A value that stands alone. */
    void print(@Nullable Object value, int verb) {
        if (value == null) {
            if (verb == 'v' || verb == 'T') {
                out.add(flags.pad("<nil>"));
            } else {
                wrong(null, verb);
            }
        } else if (verb == 'T') {
            out.add(flags.pad(flags.cut(GoType.of(value).goName())));
        } else {
            print(value, verb, 0);
        }
    }

    private void print(@Nullable Object value, int verb, int depth) {
        out.meter().spend(ELEMENT);
        if (depth > MOST_DEEP) {
            throw new GoFault("a value is more than " + MOST_DEEP + " deep, which is not printed");
        }
        if (verb == 'w') {
            wrong(value, verb); // wraps errors, of which there are none
        } else if (value instanceof List<?> list) {
            requireAddressless(verb);
            list(list, verb, depth);
        } else if (value instanceof Map<?, ?> map) {
            requireAddressless(verb);
            map(map, verb, depth);
        } else if (value == null) {
            out.add(flags.sharpV ? "interface {}(nil)" : "<nil>");
        } else {
            String text = scalar(value, verb);
            if (text == null) {
                wrong(value, verb);
            } else {
                out.add(text);
            }
        }
    }

    private static void requireAddressless(int verb) {
        if (verb == 'p') {
            throw new GoFault("printf has no %p here: there are no addresses");
        }
    }

    private @Nullable String scalar(Object value, int verb) {
        return switch (GoType.of(value)) {
            case BOOL -> verb == 't' || verb == 'v' ? flags.pad(value.toString()) : null;
            case STRING -> text(value.toString(), verb);
            case INT -> value instanceof Number number ? Whole.of(number.longValue(), true, verb, flags) : null;
            case UINT8 -> value instanceof Number number ? Whole.of(number.longValue(), false, verb, flags) : null;
            case FLOAT -> {
                out.meter().spend(FLOAT);
                yield value instanceof Number number ? FloatText.of(number.doubleValue(), verb, flags) : null;
            }
            case NIL, LIST, MAP -> null;
        };
    }

    private @Nullable String text(String text, int verb) {
        out.meter().spend(text.length());
        return switch (verb) {
            case 'v' -> flags.sharpV ? quoted(text) : flags.pad(flags.cut(text));
            case 's' -> flags.pad(flags.cut(text));
            case 'q' -> quoted(text);
            case 'x', 'X' -> hex(text, verb == 'X');
            default -> null;
        };
    }

    private String quoted(String text) {
        requireShort(text);
        String cut = flags.cut(text);
        return flags.pad(flags.sharp && Quoted.fitsBackQuotes(cut) ? "`" + cut + "`" : Quoted.text(cut, flags.plus));
    }

    /** What becomes of it is some times as long. */
    private void requireShort(String text) {
        out.meter().spend(10L * text.length());
    }

    private String hex(String text, boolean isUpper) {
        requireShort(text);
        byte[] bytes = GoText.bytes(text);
        int count = flags.hasPrecision() ? Math.min(flags.precision, bytes.length) : bytes.length;
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < count; i++) {
            if (i > 0 && flags.space) {
                digits.append(' ');
            }
            if (flags.sharp && (i == 0 || flags.space)) {
                digits.append(isUpper ? "0X" : "0x");
            }
            digits.append(String.format(Locale.ROOT, isUpper ? "%02X" : "%02x", bytes[i]));
        }
        return flags.pad(digits.toString());
    }

    private void list(List<?> list, int verb, int depth) {
        out.add(flags.sharpV ? GoType.LIST.goName() + "{" : "[");
        String between = "";
        for (Object each : list) {
            out.add(between);
            print(each, verb, depth + 1);
            between = flags.sharpV ? ", " : " ";
        }
        out.add(flags.sharpV ? "}" : "]");
    }

    private void map(Map<?, ?> map, int verb, int depth) {
        out.add(flags.sharpV ? GoType.MAP.goName() + "{" : "map[");
        String between = "";
        for (Map.Entry<String, ?> entry : byKey(map, out.meter()).entrySet()) {
            out.add(between);
            print(entry.getKey(), verb, depth + 1);
            out.add(":");
            print(entry.getValue(), verb, depth + 1);
            between = flags.sharpV ? ", " : " ";
        }
        out.add(flags.sharpV ? "}" : "]");
    }

    /** As Go goes through it. */
    public static Map<String, @Nullable Object> byKey(Map<?, ?> map, CostMeter meter) {
        meter.spend((long) ELEMENT * map.size() * (32 - Integer.numberOfLeadingZeros(map.size())));
        Map<String, @Nullable Object> sorted = new TreeMap<>(GoText::compare);
        map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
        return sorted;
    }

    /** Says that the verb and the value don't fit. */
    private void wrong(@Nullable Object value, int verb) {
        out.add("%!").add(Character.toString(verb)).add("(");
        if (value == null) {
            out.add("<nil>");
        } else {
            out.add(GoType.of(value).goName()).add("=");
            print(value, 'v', 0);
        }
        out.add(")");
    }
}
