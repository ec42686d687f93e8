package io.knit.gotemplate.value;

import io.knit.gotemplate.bound.GoFault;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a value is to Go. */
public enum GoType {
    NIL("<nil>", "nothing"),
    BOOL("bool", "true or false"),
    INT("int", "a whole number"),
    UINT8("uint8", "a byte"),
    FLOAT("float64", "a number with a point"),
    STRING("string", "a text"),
    LIST("[]interface {}", "a list"),
    MAP("map[string]interface {}", "a map");

    private final String goName;
    private final String words;

    GoType(String goName, String words) {
        this.goName = goName;
        this.words = words;
    }

    public String goName() {
        return goName;
    }

    /** For people. */
    public String words() {
        return words;
    }

    public boolean isWhole() {
        return this == INT || this == UINT8;
    }

    /** Whether it is compared by what it is, and has an order. */
    public boolean isBasic() {
        return this != NIL && this != LIST && this != MAP;
    }

    /** @throws GoFault if it is none */
    public static GoType of(@Nullable Object value) {
        if (value == null) {
            return NIL;
        }
        if (value instanceof String) {
            return STRING;
        }
        if (value instanceof Boolean) {
            return BOOL;
        }
        if (value instanceof Octet) {
            return UINT8;
        }
        if (value instanceof Double || value instanceof Float) {
            return FLOAT;
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return INT;
        }
        if (value instanceof List) {
            return LIST;
        }
        if (value instanceof Map) {
            return MAP;
        }
        throw new GoFault("this is no value for a template");
    }

    /** As {@code if} takes it. */
    public static boolean truth(@Nullable Object value) {
        return switch (of(value)) {
            case NIL -> false;
            case BOOL -> Boolean.TRUE.equals(value);
            case INT, UINT8 -> value instanceof Number number && number.longValue() != 0;
            case FLOAT -> value instanceof Number number && number.doubleValue() != 0;
            case STRING -> value instanceof String text && !text.isEmpty();
            case LIST -> value instanceof List<?> list && !list.isEmpty();
            case MAP -> value instanceof Map<?, ?> map && !map.isEmpty();
        };
    }
}
