package io.knit.gotemplate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what the script wrote: whole numbers as Long, those with a point or an exponent as Double. */
final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    static @Nullable Object read(String text) {
        Json json = new Json(text);
        return json.value();
    }

    private char next() {
        while (Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return text.charAt(at);
    }

    private boolean passes(char sign) {
        if (next() != sign) {
            return false;
        }
        at++;
        return true;
    }

    private @Nullable Object value() {
        switch (next()) {
            case '{' -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                at++;
                while (!passes('}')) {
                    String key = string();
                    passes(':');
                    map.put(key, value());
                    passes(',');
                }
                return map;
            }
            case '[' -> {
                List<@Nullable Object> list = new ArrayList<>();
                at++;
                while (!passes(']')) {
                    list.add(value());
                    passes(',');
                }
                return list;
            }
            case '"' -> {
                return string();
            }
            default -> {
                return word();
            }
        }
    }

    private @Nullable Object word() {
        int from = at;
        while (at < text.length() && "+-.".indexOf(text.charAt(at)) >= 0
                || at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
            at++;
        }
        String word = text.substring(from, at);
        return switch (word) {
            case "null" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> word.matches("-?\\d+") ? (Object) Long.valueOf(word) : (Object) Double.valueOf(word);
        };
    }

    private String string() {
        next();
        StringBuilder string = new StringBuilder();
        for (at++; text.charAt(at) != '"'; at++) {
            char sign = text.charAt(at);
            if (sign != '\\') {
                string.append(sign);
                continue;
            }
            at++;
            switch (text.charAt(at)) {
                case 'n' -> string.append('\n');
                case 't' -> string.append('\t');
                case 'r' -> string.append('\r');
                case 'b' -> string.append('\b');
                case 'f' -> string.append('\f');
                case 'u' -> {
                    string.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
                    at += 4;
                }
                default -> string.append(text.charAt(at));
            }
        }
        at++;
        return string.toString();
    }
}
