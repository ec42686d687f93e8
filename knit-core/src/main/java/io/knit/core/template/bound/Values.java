package io.knit.core.template.bound;

import io.pebbletemplates.pebble.error.RootAttributeNotFoundException;
import io.pebbletemplates.pebble.extension.escaper.SafeString;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.node.expression.ContextVariableExpression;
import io.pebbletemplates.pebble.node.expression.Expression;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a template may hold in its hands: texts, numbers, booleans, lists and maps. */
public final class Values {
    private Values() {}

    /** The value, if it is one of those. Pebble's own globals don't exist. */
    public static @Nullable Object plain(@Nullable Object value, Expression<?> origin) {
        if (value == null || scalar(value) || value instanceof Map.Entry || value instanceof ForNode.LoopVariables) {
            return value;
        }
        boolean pebbles = value.getClass().getName().startsWith("io.pebbletemplates.");
        if (!pebbles && (value instanceof Map || value instanceof Collection)) {
            return value;
        }
        int line = origin.getLineNumber();
        if (origin instanceof ContextVariableExpression variable) {
            throw new RootAttributeNotFoundException(null, "", variable.getName(), line, "template");
        }
        throw new ValueFault("this is no value for a template", line);
    }

    public static boolean scalar(@Nullable Object value) {
        return value instanceof String
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof SafeString
                || value instanceof Character;
    }

    /** What kind of value it is, for people. */
    static String kind(@Nullable Object value) {
        if (value == null) {
            return "nothing";
        }
        if (value instanceof Number) {
            return "a number";
        }
        if (value instanceof Boolean) {
            return "true or false";
        }
        if (value instanceof Map) {
            return "a map";
        }
        if (value instanceof Collection) {
            return "a list";
        }
        if (value instanceof Map.Entry) {
            return "a key with its value";
        }
        return scalar(value) ? "a text" : "something else";
    }
}
