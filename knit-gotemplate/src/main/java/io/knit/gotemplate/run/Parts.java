package io.knit.gotemplate.run;

import io.knit.gotemplate.bound.CostMeter;
import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.value.GoList;
import io.knit.gotemplate.value.GoText;
import io.knit.gotemplate.value.GoType;
import io.knit.gotemplate.value.Octet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is in values: {@code len}, {@code index}, {@code slice}. */
final class Parts {
    private Parts() {}

    static @Nullable Object length(@Nullable Object value, CostMeter meter) {
        if (value instanceof String text) {
            meter.spend(text.length());
            return (long) GoText.bytes(text).length;
        }
        if (value instanceof List<?> list) {
            return (long) list.size();
        }
        if (value instanceof Map<?, ?> map) {
            return (long) map.size();
        }
        throw new GoFault(GoType.of(value).words() + " has no len");
    }

    static @Nullable Object index(List<?> arguments, CostMeter meter) {
        Object value = arguments.get(0);
        if (value == null) {
            throw new GoFault("index looks into a map, a list or a text, and this is nothing");
        }
        for (Object index : arguments.subList(1, arguments.size())) {
            value = index(value, index, meter);
        }
        return value;
    }

    private static @Nullable Object index(@Nullable Object value, @Nullable Object index, CostMeter meter) {
        if (value instanceof Map<?, ?> map) {
            if (!(index instanceof String)) {
                throw new GoFault("the keys of a map are texts, and this is "
                        + GoType.of(index).words());
            }
            return map.containsKey(index) ? map.get(index) : null;
        }
        if (value instanceof List<?> list) {
            return list.get(place(index, list.size(), "elements"));
        }
        if (value instanceof String text) {
            meter.spend(text.length());
            byte[] bytes = GoText.bytes(text);
            return new Octet(bytes[place(index, bytes.length, "bytes")]);
        }
        throw new GoFault("index looks into a map, a list or a text, and this is "
                + GoType.of(value).words());
    }

    private static int place(@Nullable Object index, int size, String what) {
        long place = whole(index);
        if (place < 0 || place >= size) {
            // neither number is said: both may come of what is secret
            throw new GoFault("index is out of range: " + what + " are counted from 0");
        }
        return (int) place;
    }

    private static long whole(@Nullable Object index) {
        if (GoType.of(index).isWhole() && index instanceof Number number) {
            return number.longValue();
        }
        throw new GoFault(
                "here stands a whole number, and this is " + GoType.of(index).words());
    }

    static Object slice(List<?> arguments, CostMeter meter) {
        Object value = arguments.get(0);
        if (arguments.size() > 4) {
            throw new GoFault("slice takes three numbers at most");
        }
        boolean isText = value instanceof String;
        if (isText && arguments.size() == 4) {
            throw new GoFault("slice takes two numbers at most for a text");
        }
        int[] places = new int[3];
        if (value instanceof String text) {
            meter.spend(2L * text.length());
            places[1] = GoText.bytes(text).length;
            read(arguments, places, places[1]);
            return GoText.cut(text, places[0], places[1]);
        }
        if (value instanceof List<?> list) {
            places[1] = list.size();
            places[2] = GoList.reach(list);
            read(arguments, places, places[2]);
            return GoList.cut(list, places[0], places[1], places[2]);
        }
        throw new GoFault(
                "slice takes a list or a text, and this is " + GoType.of(value).words());
    }

    private static void read(List<?> arguments, int[] places, int most) {
        for (int i = 1; i < arguments.size(); i++) {
            long place = whole(arguments.get(i));
            if (place < 0 || place > most) {
                throw new GoFault("slice is out of range: elements, and bytes of a text, are counted from 0");
            }
            places[i - 1] = (int) place;
        }
    }
}
