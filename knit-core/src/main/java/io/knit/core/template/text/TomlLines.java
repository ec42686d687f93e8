package io.knit.core.template.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A map as a document of TOML 1.0: values first, then tables {@code [a.b]} and lists of maps {@code [[a]]}, each in the order of keys. Without a line break at the end. TOML has no null and
 * no whole numbers over 64 bits: these are refused with where they stand.
 */
public final class TomlLines {
    private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_-]+");

    private final BoundedText text;
    private String before = "";

    private TomlLines(int most) {
        this.text = new BoundedText(most);
    }

    /**
     * @param value a map of maps, lists, texts, numbers and booleans
     * @param most how many characters it may become
     * @throws UnfitException if it can't
     */
    public static String of(@Nullable Object value, int most) {
        if (!(Plain.of(value, "TOML") instanceof Map<?, ?> map)) {
            throw new UnfitException("TOML is made of a map; this is none");
        }
        TomlLines toml = new TomlLines(most);
        toml.table(map, "");
        return toml.text.toString();
    }

    private void line(String words) {
        text.add(before).add(words);
        before = "\n";
    }

    private void table(Map<?, ?> map, String path) {
        List<Map.Entry<?, ?>> tables = new ArrayList<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (entry.getValue() instanceof Map || areTables(entry.getValue())) {
                tables.add(entry);
            } else {
                String key = key(entry.getKey());
                line(key);
                text.add(" = ");
                value(entry.getValue(), within(path, key));
            }
        }
        for (Map.Entry<?, ?> entry : tables) {
            String within = within(path, key(entry.getKey()));
            if (entry.getValue() instanceof Map<?, ?> inner) {
                headed("[" + within + "]", inner, within);
            } else if (entry.getValue() instanceof List<?> list) {
                list.forEach(each -> headed("[[" + within + "]]", (Map<?, ?>) each, within));
            }
        }
    }

    private void headed(String head, Map<?, ?> map, String path) {
        line(before.isEmpty() ? head : "\n" + head);
        table(map, path);
    }

    /** Lists with anything else in them are written on one line. */
    private static boolean areTables(@Nullable Object value) {
        return value instanceof List<?> list && !list.isEmpty() && list.stream().allMatch(Map.class::isInstance);
    }

    private void value(@Nullable Object value, String path) {
        if (value == null) {
            throw new UnfitException("TOML has no null, and ", path, " is; leave it out, or give it a value");
        }
        if (value instanceof Map<?, ?> map) {
            text.add("{");
            String between = "";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                String key = key(entry.getKey());
                text.add(between).add(key).add(" = ");
                value(entry.getValue(), within(path, key));
                between = ", ";
            }
            text.add("}");
        } else if (value instanceof List<?> list) {
            text.add("[");
            String between = "";
            for (Object each : list) {
                text.add(between);
                value(each, path);
                between = ", ";
            }
            text.add("]");
        } else if (value instanceof Number number) {
            text.add(number(number, path));
        } else if (value instanceof Boolean) {
            text.add(value.toString());
        } else {
            quote(value.toString());
        }
    }

    private static String number(Number number, String path) {
        double floating = number.doubleValue();
        if (!Plain.isFinite(number)) {
            return Double.isNaN(floating) ? "nan" : floating < 0 ? "-inf" : "inf";
        }
        if (!Plain.isWhole(number)) {
            return Floats.of(number);
        }
        try {
            return Long.toString(Long.parseLong(number.toString()));
        } catch (NumberFormatException e) {
            throw new UnfitException("TOML has no whole numbers over 64 bits, and ", path, " is one");
        }
    }

    private static String within(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String key(@Nullable Object key) {
        String name = String.valueOf(key);
        return BARE.matcher(name).matches() ? name : quoted(name);
    }

    private void quote(String words) {
        text.add(quoted(words));
    }

    private static String quoted(String words) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < words.length(); i++) {
            char sign = words.charAt(i);
            switch (sign) {
                case '"', '\\' -> quoted.append('\\').append(sign);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (sign < ' ' || sign == '\u007f') {
                        quoted.append("\\u00").append(sign < 0x10 ? "0" : "").append(Integer.toHexString(sign));
                    } else {
                        quoted.append(sign);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
