package io.knit.core.template.text;

import io.pebbletemplates.pebble.extension.escaper.SafeString;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Values as JSON, on one line, maps by their keys, for they have no order that is the same on every machine. At most six characters for one that goes in, and six for each element. */
public final class JsonText {
    private final StringBuilder text = new StringBuilder();

    private JsonText() {}

    /** @throws UnfitException if it can't */
    public static String of(@Nullable Object value) {
        JsonText json = new JsonText();
        json.add(value);
        return json.text.toString();
    }

    private void add(@Nullable Object value) {
        if (value == null || value instanceof Boolean) {
            text.append(value);
        } else if (value instanceof Number number) {
            add(number);
        } else if (value instanceof Map<?, ?> map) {
            add(map);
        } else if (value instanceof Collection<?> list) {
            add(list);
        } else if (value instanceof Map.Entry<?, ?> entry) {
            text.append("{\"key\":");
            add(entry.getKey());
            text.append(",\"value\":");
            add(entry.getValue());
            text.append('}');
        } else if (value instanceof CharSequence || value instanceof Character || value instanceof SafeString) {
            quote(value.toString());
        } else {
            throw new UnfitException("this can't be JSON");
        }
    }

    private void add(Number number) {
        String digits = number.toString();
        if (!Double.isFinite(number.doubleValue()) && Character.isLetter(digits.charAt(digits.length() - 1))) {
            throw new UnfitException("JSON has no such number");
        }
        text.append(digits);
    }

    private void add(Map<?, ?> map) {
        text.append('{');
        String between = "";
        Map<String, @Nullable Object> byKey = new TreeMap<>();
        map.forEach((key, value) -> byKey.put(String.valueOf(key), value));
        for (Map.Entry<String, @Nullable Object> entry : byKey.entrySet()) {
            text.append(between);
            quote(entry.getKey());
            text.append(':');
            add(entry.getValue());
            between = ",";
        }
        text.append('}');
    }

    private void add(Collection<?> list) {
        text.append('[');
        for (Iterator<?> each = list.iterator(); each.hasNext(); ) {
            add(each.next());
            if (each.hasNext()) {
                text.append(',');
            }
        }
        text.append(']');
    }

    private void quote(String word) {
        text.append('"');
        for (int i = 0; i < word.length(); i++) {
            char sign = word.charAt(i);
            switch (sign) {
                case '"', '\\' -> text.append('\\').append(sign);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (sign < ' ') {
                        text.append("\\u00").append(sign < 0x10 ? "0" : "").append(Integer.toHexString(sign));
                    } else {
                        text.append(sign);
                    }
                }
            }
        }
        text.append('"');
    }
}
