package io.knit.core.template.bound;

import io.pebbletemplates.pebble.node.expression.ConcatenateExpression;
import io.pebbletemplates.pebble.node.expression.ContainsExpression;
import io.pebbletemplates.pebble.node.expression.Expression;
import io.pebbletemplates.pebble.node.expression.SubtractExpression;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import io.pebbletemplates.pebble.utils.OperatorUtils;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operators that cost more than to look at both sides once. */
public final class Operators {
    private Operators() {}

    /** {@code a ~ b}. */
    public static final class Concatenate extends ConcatenateExpression {
        @Override
        public String evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
            StringBuilder text = new StringBuilder();
            for (Expression<?> side : List.of(getLeftExpression(), getRightExpression())) {
                Object value = side.evaluate(self, context);
                text.append(value == null ? "" : value);
            }
            Budget.current().weigh(text, Budget.MAX_WEIGHT, getLineNumber());
            return text.toString();
        }
    }

    /** {@code a contains b}. */
    public static final class Contains extends ContainsExpression {
        @Override
        public Boolean evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
            Object all = getLeftExpression().evaluate(self, context);
            Object part = getRightExpression().evaluate(self, context);
            if (all == null) {
                return false;
            }
            if (all instanceof Map<?, ?> map) {
                return Values.scalar(part) && map.containsKey(part);
            }
            Budget.current().weigh(all, Budget.MAX_WEIGHT, getLineNumber());
            if (all instanceof Collection<?> list) {
                if (part instanceof Collection<?> parts) {
                    compareEach(list, parts);
                    return list.containsAll(parts);
                }
                return list.contains(part);
            }
            if (all instanceof String text) {
                String wanted = String.valueOf(part);
                search(text, wanted);
                return text.contains(wanted);
            }
            throw new ValueFault("contains asks a text, a list or a map; this is " + Values.kind(all), getLineNumber());
        }
    }

    /** {@code a - b}. */
    public static final class Subtract extends SubtractExpression {
        @Override
        public @Nullable Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
            Object from = getLeftExpression().evaluate(self, context);
            Object what = getRightExpression().evaluate(self, context);
            if (from instanceof Collection<?> list && what instanceof Collection<?> parts) {
                compareEach(list, parts);
            }
            try {
                return OperatorUtils.subtract(from, what);
            } catch (RuntimeException e) {
                throw new ValueFault("Could not perform subtraction", getLineNumber(), e);
            }
        }
    }

    /** Pays for comparing each with each: equal beginnings at worst, 16 characters at a time. */
    private static void compareEach(Collection<?> left, Collection<?> right) {
        long pairs = (long) left.size() * right.size();
        long characters = Math.min(
                (long) left.size() * Budget.current().weightOf(right),
                (long) right.size() * Budget.current().weightOf(left));
        Budget.current().spend(pairs + characters / 16);
    }

    /** Pays for looking for one text in another: at every place it may have to be compared as a whole. */
    static void search(String text, String wanted) {
        Budget.current().spend(text.length() * (1L + Math.min(wanted.length(), text.length()) / 16));
    }
}
