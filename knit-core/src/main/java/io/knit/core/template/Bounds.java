package io.knit.core.template;

import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.extension.NodeVisitor;
import io.pebbletemplates.pebble.lexer.Token;
import io.pebbletemplates.pebble.node.BodyNode;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.node.MacroNode;
import io.pebbletemplates.pebble.node.NamedArgumentNode;
import io.pebbletemplates.pebble.node.RenderableNode;
import io.pebbletemplates.pebble.node.SetNode;
import io.pebbletemplates.pebble.node.expression.ConcatenateExpression;
import io.pebbletemplates.pebble.node.expression.Expression;
import io.pebbletemplates.pebble.parser.Parser;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import io.pebbletemplates.pebble.tokenParser.TokenParser;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Pebble bounds only what is written. Here everything that repeats takes a step from a budget, which also makes it end when
 * its thread is interrupted, and whatever gets a name or leaves a filter is weighed: without a name or a filter, a template of
 * limited length can't make a value grow faster than its own text.
 */
final class Bounds {
    /** Loop rounds and macro calls of one rendering. */
    static final int MAX_STEPS = 100_000;
    /** Characters and elements of a value, those inside it included as often as they occur. */
    static final int MAX_WEIGHT = 1 << 17;

    private static final Pattern WIDE_FORMAT = Pattern.compile("%[^%a-zA-Z]*\\d{4}");
    private static final ThreadLocal<int[]> STEPS = ThreadLocal.withInitial(() -> new int[1]);

    private Bounds() {}

    static void step(PebbleTemplateImpl self) {
        if (Thread.currentThread().isInterrupted()) {
            throw new PebbleException(null, "it was stopped", 0, self.getName());
        }
        if (++STEPS.get()[0] > MAX_STEPS) {
            throw new PebbleException(
                    null, "it loops more than " + MAX_STEPS + " times; give it less to repeat", 0, self.getName());
        }
    }

    static TokenParser steps(TokenParser forParser) {
        return wrap(forParser, (token, parser) -> {
            ForNode node = (ForNode) forParser.parse(token, parser);
            return new ForNode(
                    node.getLineNumber(),
                    node.getIterationVariable(),
                    new Weighed(node.getIterable(), MAX_WEIGHT),
                    new Step(node.getBody(), List.of()),
                    node.getElseBody());
        });
    }

    static TokenParser calls(TokenParser macroParser) {
        return wrap(macroParser, (token, parser) -> {
            MacroNode node = (MacroNode) macroParser.parse(token, parser);
            List<String> arguments = node.getArgs().getNamedArgs().stream()
                    .map(NamedArgumentNode::getName)
                    .toList();
            return new MacroNode(node.getName(), node.getArgs(), new Step(node.getBody(), arguments));
        });
    }

    static TokenParser values(TokenParser setParser) {
        return wrap(setParser, (token, parser) -> {
            SetNode node = (SetNode) setParser.parse(token, parser);
            return new SetNode(node.getLineNumber(), node.getName(), new Weighed(node.getValue(), MAX_WEIGHT));
        });
    }

    static Filter filter(String name, Filter filter) {
        return new Filter() {
            @Override
            public List<String> getArgumentNames() {
                return filter.getArgumentNames();
            }

            @Override
            public @Nullable Object apply(
                    Object input, Map<String, Object> args, PebbleTemplate self, EvaluationContext context, int line) {
                requireLight(input, line, self.getName());
                args.values().forEach(argument -> requireLight(argument, line, self.getName()));
                refuseExplosive(name, input, args, line, self.getName());
                return requireLight(filter.apply(input, args, self, context, line), line, self.getName());
            }
        };
    }

    /** The two filters that can make gigabytes of a few characters in one go. */
    private static void refuseExplosive(
            String name, @Nullable Object input, Map<String, Object> args, int line, String template) {
        if (name.equals("format")
                && input != null
                && WIDE_FORMAT.matcher(input.toString()).find()) {
            throw new PebbleException(null, "a format may be at most 999 wide", line, template);
        }
        if (name.equals("replace") && input != null && args.get("replace_pairs") instanceof Map<?, ?> pairs) {
            long longest = 1;
            for (Object value : pairs.values()) {
                longest = Math.max(longest, String.valueOf(value).length());
            }
            if (longest * (input.toString().length() + 1L) > 64L * MAX_WEIGHT) {
                throw new PebbleException(null, "it replaces too much at once", line, template);
            }
        }
    }

    private static @Nullable Object requireLight(@Nullable Object value, int line, String template) {
        return requireLight(value, MAX_WEIGHT, line, template);
    }

    private static @Nullable Object requireLight(@Nullable Object value, int limit, int line, String template) {
        if (weigh(value, limit) < 0) {
            throw new PebbleException(
                    null, "a value is larger than " + limit + " characters or elements", line, template);
        }
        return value;
    }

    /** What is left of the allowance after this value; negative if it is heavier. Never looks at more than the allowance. */
    private static int weigh(@Nullable Object value, int allowance) {
        int left = allowance - 1;
        if (value instanceof CharSequence text) {
            return left - text.length();
        }
        Iterable<?> elements = List.of();
        if (value instanceof Map<?, ?> map) {
            elements = map.entrySet();
        } else if (value instanceof Map.Entry<?, ?> entry) {
            left = weigh(entry.getKey(), left);
            return left < 0 ? left : weigh(entry.getValue(), left);
        } else if (value instanceof Iterable<?> iterable) {
            elements = iterable;
        } else if (value instanceof Object[] array) {
            elements = List.of(array);
        }
        for (Object element : elements) {
            if (left < 0) {
                return left;
            }
            left = weigh(element, left);
        }
        return left;
    }

    private static TokenParser wrap(TokenParser parser, Parse parse) {
        return new TokenParser() {
            @Override
            public String getTag() {
                return parser.getTag();
            }

            @Override
            public RenderableNode parse(Token token, Parser context) {
                return parse.parse(token, context);
            }
        };
    }

    private interface Parse {
        RenderableNode parse(Token token, Parser parser);
    }

    /** The body of a loop or macro; takes a step each time. */
    private static final class Step extends BodyNode {
        private final BodyNode body;
        private final List<String> arguments;

        Step(BodyNode body, List<String> arguments) {
            super(body.getLineNumber(), new ArrayList<>(body.getChildren()));
            this.body = body;
            this.arguments = arguments;
        }

        @Override
        public void render(PebbleTemplateImpl self, Writer writer, EvaluationContextImpl context) throws IOException {
            step(self);
            for (String argument : arguments) {
                requireLight(context.getScopeChain().get(argument), getLineNumber(), self.getName());
            }
            body.render(self, writer, context);
        }
    }

    /** An expression whose value is weighed. */
    static final class Weighed implements Expression<Object> {
        final Expression<?> inner;
        private final int limit;

        Weighed(Expression<?> inner, int limit) {
            this.inner = inner;
            this.limit = limit;
        }

        @Override
        @SuppressWarnings("NullAway") // Pebble's evaluate may give null, which it does not say
        public Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
            return requireLight(inner.evaluate(self, context), limit, getLineNumber(), self.getName());
        }

        @Override
        public void accept(NodeVisitor visitor) {
            inner.accept(visitor);
        }

        @Override
        public int getLineNumber() {
            return inner.getLineNumber();
        }
    }

    /** {@code a ~ b}. */
    static final class Concatenate extends ConcatenateExpression {
        @Override
        public String evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
            StringBuilder text = new StringBuilder();
            for (Expression<?> side : List.of(getLeftExpression(), getRightExpression())) {
                Object value = requireLight(side.evaluate(self, context), getLineNumber(), self.getName());
                text.append(value == null ? "" : value);
            }
            requireLight(text, getLineNumber(), self.getName());
            return text.toString();
        }
    }
}
