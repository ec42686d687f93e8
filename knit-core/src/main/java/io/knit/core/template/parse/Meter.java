package io.knit.core.template.parse;

import io.knit.core.template.bound.Attributes;
import io.knit.core.template.bound.Budget;
import io.knit.core.template.bound.Operators;
import io.knit.core.template.bound.ValueFault;
import io.knit.core.template.bound.Values;
import io.pebbletemplates.pebble.extension.NodeVisitor;
import io.pebbletemplates.pebble.node.ArgumentsNode;
import io.pebbletemplates.pebble.node.BodyNode;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.node.IfNode;
import io.pebbletemplates.pebble.node.MacroNode;
import io.pebbletemplates.pebble.node.NamedArgumentNode;
import io.pebbletemplates.pebble.node.PositionalArgumentNode;
import io.pebbletemplates.pebble.node.PrintNode;
import io.pebbletemplates.pebble.node.RenderableNode;
import io.pebbletemplates.pebble.node.RootNode;
import io.pebbletemplates.pebble.node.SetNode;
import io.pebbletemplates.pebble.node.TestInvocationExpression;
import io.pebbletemplates.pebble.node.TextNode;
import io.pebbletemplates.pebble.node.expression.ArrayExpression;
import io.pebbletemplates.pebble.node.expression.BinaryExpression;
import io.pebbletemplates.pebble.node.expression.ContextVariableExpression;
import io.pebbletemplates.pebble.node.expression.Expression;
import io.pebbletemplates.pebble.node.expression.FilterInvocationExpression;
import io.pebbletemplates.pebble.node.expression.FunctionOrMacroInvocationExpression;
import io.pebbletemplates.pebble.node.expression.GetAttributeExpression;
import io.pebbletemplates.pebble.node.expression.MapExpression;
import io.pebbletemplates.pebble.node.expression.TernaryExpression;
import io.pebbletemplates.pebble.node.expression.UnaryExpression;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import io.pebbletemplates.pebble.utils.Pair;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a parsed template count its steps: every expression takes from the {@link Budget}, and the value of each that is looked
 * at as a whole (printed, named, compared, passed on) is weighed. What it does not know it refuses, so a new kind of node of
 * Pebble's is not open by accident.
 */
public final class Meter {
    private static final int NOT_WEIGHED = -1;

    private Meter() {}

    static RootNode root(RootNode root) {
        return new RootNode(body(root.getBody()));
    }

    private static BodyNode body(BodyNode body) {
        List<RenderableNode> children = new ArrayList<>();
        body.getChildren().forEach(child -> children.add(node(child)));
        return new BodyNode(body.getLineNumber(), children);
    }

    private static @Nullable BodyNode optional(@Nullable BodyNode body) {
        return body == null ? null : body(body);
    }

    @SuppressWarnings("NullAway") // Pebble takes null for a missing else
    private static RenderableNode node(RenderableNode node) {
        if (node instanceof TextNode) {
            return node;
        }
        if (node instanceof PrintNode print) {
            return new PrintNode(weighed(print.getExpression(), Budget.MAX_OUTPUT), print.getLineNumber());
        }
        if (node instanceof SetNode set) {
            return new SetNode(set.getLineNumber(), set.getName(), weighed(set.getValue()));
        }
        if (node instanceof ForNode loop) {
            return new ForNode(
                    loop.getLineNumber(),
                    loop.getIterationVariable(),
                    weighed(loop.getIterable()),
                    new Round(body(loop.getBody())),
                    optional(loop.getElseBody()));
        }
        if (node instanceof IfNode choice) {
            List<Pair<Expression<?>, BodyNode>> branches = new ArrayList<>();
            for (Pair<Expression<?>, BodyNode> branch : choice.getConditionsWithBodies()) {
                branches.add(new Pair<>(weighed(branch.getLeft()), body(branch.getRight())));
            }
            return new IfNode(choice.getLineNumber(), branches, optional(choice.getElseBody()));
        }
        if (node instanceof MacroNode macro) {
            return new MacroNode(macro.getName(), arguments(macro.getArgs()), new Round(body(macro.getBody())));
        }
        throw new TemplateFault("there is a tag that is not for templates");
    }

    private static Expression<?> weighed(Expression<?> expression) {
        return weighed(expression, Budget.MAX_WEIGHT);
    }

    private static Expression<?> weighed(Expression<?> expression, int limit) {
        return new Metered(inner(expression), limit);
    }

    private static Expression<?> stepped(Expression<?> expression) {
        return new Metered(inner(expression), NOT_WEIGHED);
    }

    private static Expression<?> inner(Expression<?> expression) {
        if (expression instanceof BinaryExpression<?> binary) {
            return binary(binary);
        }
        if (expression instanceof UnaryExpression unary) {
            unary.setChildExpression(weighed(unary.getChildExpression()));
            return unary;
        }
        if (expression instanceof TernaryExpression choice) {
            return ternary(choice);
        }
        if (expression instanceof ArrayExpression array) {
            return new ArrayExpression(
                    array.getValues().stream()
                            .<Expression<?>>map(Meter::stepped)
                            .toList(),
                    array.getLineNumber());
        }
        if (expression instanceof MapExpression map) {
            Map<Expression<?>, Expression<?>> entries = new LinkedHashMap<>();
            map.getEntries()
                    .forEach((key, value) -> entries.put(new Key(stepped(key), !isLiteral(key)), stepped(value)));
            return new MapExpression(entries, map.getLineNumber());
        }
        if (expression instanceof GetAttributeExpression path) {
            Expression<?> name = weighed(path.getAttributeNameExpression());
            if (!isLiteral(path.getAttributeNameExpression()) && path.getArgumentsNode() == null) {
                return new Attributes.WorkedOut(stepped(path.getNode()), name, path.getLineNumber());
            }
            return new GetAttributeExpression(
                    stepped(path.getNode()), name, path.getArgumentsNode(), "template", path.getLineNumber());
        }
        if (expression instanceof FunctionOrMacroInvocationExpression call) {
            return new FunctionOrMacroInvocationExpression(
                    call.getFunctionName(), arguments(call.getArguments()), call.getLineNumber());
        }
        if (expression instanceof ContextVariableExpression || isLiteral(expression)) {
            return expression;
        }
        throw new TemplateFault("line " + expression.getLineNumber() + ": this expression is not for templates");
    }

    private static boolean isLiteral(Expression<?> expression) {
        return expression.getClass().getSimpleName().startsWith("Literal");
    }

    private static Expression<?> binary(BinaryExpression<?> binary) {
        if (binary.getRightExpression() instanceof FilterInvocationExpression filter) {
            binary.setLeft(stepped(binary.getLeftExpression())); // filters weigh for themselves
            binary.setRight(new FilterInvocationExpression(
                    filter.getFilterName(), arguments(filter.getArgs()), filter.getLineNumber()));
        } else if (binary.getRightExpression() instanceof TestInvocationExpression test) {
            // "is defined" asks for things that may be heavy, such as env
            boolean looks =
                    !test.getTestName().equals("defined") && !test.getTestName().equals("null");
            binary.setLeft(looks ? weighed(binary.getLeftExpression()) : stepped(binary.getLeftExpression()));
            binary.setRight(
                    new TestInvocationExpression(test.getLineNumber(), test.getTestName(), arguments(test.getArgs())));
        } else {
            // env as a whole may be heavier than a value may be; asking for one of its names looks at no more than that
            boolean contains = binary instanceof Operators.Contains;
            binary.setLeft(contains ? stepped(binary.getLeftExpression()) : weighed(binary.getLeftExpression()));
            binary.setRight(weighed(binary.getRightExpression()));
        }
        return binary;
    }

    @SuppressWarnings("unchecked") // Pebble's parser casts the same way
    private static Expression<?> ternary(TernaryExpression choice) {
        return new TernaryExpression(
                (Expression<Boolean>) weighed(choice.getExpression1()),
                stepped(choice.getExpression2()),
                stepped(choice.getExpression3()),
                choice.getLineNumber(),
                "template");
    }

    @SuppressWarnings("NullAway") // a macro's argument may have no default
    private static ArgumentsNode arguments(ArgumentsNode arguments) {
        List<PositionalArgumentNode> positional = new ArrayList<>();
        if (arguments.getPositionalArgs() != null) {
            arguments
                    .getPositionalArgs()
                    .forEach(each -> positional.add(new PositionalArgumentNode(weighed(each.getValueExpression()))));
        }
        List<NamedArgumentNode> named = new ArrayList<>();
        if (arguments.getNamedArgs() != null) {
            arguments
                    .getNamedArgs()
                    .forEach(each -> named.add(new NamedArgumentNode(
                            each.getName(),
                            each.getValueExpression() == null ? null : weighed(each.getValueExpression()))));
        }
        return new ArgumentsNode(positional, named, 0);
    }

    /** The body of a loop or macro. */
    private static final class Round extends BodyNode {
        Round(BodyNode body) {
            super(body.getLineNumber(), body.getChildren());
        }

        @Override
        public void render(PebbleTemplateImpl self, Writer writer, EvaluationContextImpl context) throws IOException {
            Budget budget = Budget.current();
            budget.round();
            budget.enter();
            // text costs by itself, an untaken branch or a macro's definition too
            budget.spend(getChildren().size());
            try {
                super.render(self, writer, context);
            } finally {
                budget.leave();
            }
        }
    }

    private static class Metered implements Expression<Object> {
        private final Expression<?> inner;
        private final int limit;

        Metered(Expression<?> inner, int limit) {
            this.inner = inner;
            this.limit = limit;
        }

        @Override
        @SuppressWarnings("NullAway") // Pebble's evaluate may give null, which it does not say
        public Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
            Budget budget = Budget.current();
            budget.enter();
            try {
                Object value = Values.plain(inner.evaluate(self, context), inner);
                return limit == NOT_WEIGHED ? value : budget.weigh(value, limit, getLineNumber());
            } finally {
                budget.leave();
            }
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

    /** A map's key, whose hash has to be cheap. */
    private static final class Key extends Metered {
        private final boolean isMade;

        Key(Expression<?> inner, boolean isMade) {
            super(inner, Budget.MAX_WEIGHT);
            this.isMade = isMade;
        }

        @Override
        public Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
            Object key = super.evaluate(self, context);
            if (isMade) {
                Budget.current().makeKeys();
            }
            if (!Values.scalar(key)) {
                throw new ValueFault("a map's key has to be a text or a number", getLineNumber());
            }
            return key;
        }
    }
}
