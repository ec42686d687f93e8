package io.knit.core.template.parse;

import io.knit.core.spec.Delimiters;
import io.knit.core.spec.Reads;
import io.knit.core.template.bound.Attributes;
import io.pebbletemplates.pebble.extension.AbstractNodeVisitor;
import io.pebbletemplates.pebble.extension.ExtensionRegistry;
import io.pebbletemplates.pebble.node.ArgumentsNode;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.node.MacroNode;
import io.pebbletemplates.pebble.node.NamedArgumentNode;
import io.pebbletemplates.pebble.node.Node;
import io.pebbletemplates.pebble.node.PositionalArgumentNode;
import io.pebbletemplates.pebble.node.RootNode;
import io.pebbletemplates.pebble.node.SetNode;
import io.pebbletemplates.pebble.node.TestInvocationExpression;
import io.pebbletemplates.pebble.node.expression.ArrayExpression;
import io.pebbletemplates.pebble.node.expression.BinaryExpression;
import io.pebbletemplates.pebble.node.expression.BlockFunctionExpression;
import io.pebbletemplates.pebble.node.expression.ContextVariableExpression;
import io.pebbletemplates.pebble.node.expression.FilterInvocationExpression;
import io.pebbletemplates.pebble.node.expression.FunctionOrMacroInvocationExpression;
import io.pebbletemplates.pebble.node.expression.GetAttributeExpression;
import io.pebbletemplates.pebble.node.expression.LiteralStringExpression;
import io.pebbletemplates.pebble.node.expression.MapExpression;
import io.pebbletemplates.pebble.node.expression.ParentFunctionExpression;
import io.pebbletemplates.pebble.node.expression.TernaryExpression;
import io.pebbletemplates.pebble.node.expression.UnaryExpression;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds variables, functions, filters and tests that don't exist, in branches too which a first rendering might not take. A name
 * counts as existing wherever the template makes it, and wherever it is asked for with {@code is defined} or {@code default}.
 * Pebble's own globals ({@code template}, {@code _context}) are not the user's and don't exist.
 */
final class NameCheck extends AbstractNodeVisitor {
    private final String content;
    private final Delimiters delimiters;
    private final Set<String> offered;
    private final Set<String> made = new HashSet<>(Set.of("loop"));
    private final ExtensionRegistry registry;
    private boolean collecting = true;

    NameCheck(
            PebbleTemplateImpl template,
            String content,
            Delimiters delimiters,
            Set<String> offered,
            ExtensionRegistry registry) {
        super(template);
        this.content = content;
        this.delimiters = delimiters;
        this.offered = offered;
        this.registry = registry;
    }

    @Override
    public void visit(RootNode node) {
        super.visit(node);
        collecting = false;
        super.visit(node);
    }

    @Override
    public void visit(ForNode node) {
        made.add(node.getIterationVariable());
        super.visit(node);
    }

    @Override
    public void visit(SetNode node) {
        made.add(node.getName());
        super.visit(node);
    }

    @Override
    public void visit(MacroNode node) {
        for (NamedArgumentNode argument : node.getArgs().getNamedArgs()) {
            made.add(argument.getName());
        }
        super.visit(node);
    }

    @Override
    public void visit(Node node) {
        if (node instanceof ContextVariableExpression variable) {
            requireVariable(variable.getName(), variable.getLineNumber());
        } else if (node instanceof BinaryExpression<?> binary) {
            visitBinary(binary);
        } else if (node instanceof UnaryExpression unary) {
            unary.getChildExpression().accept(this);
        } else if (node instanceof TernaryExpression ternary) {
            ternary.getExpression1().accept(this);
            ternary.getExpression2().accept(this);
            ternary.getExpression3().accept(this);
        } else if (node instanceof ArrayExpression array) {
            array.getValues().forEach(value -> value.accept(this));
        } else if (node instanceof MapExpression map) {
            map.getEntries().keySet().forEach(key -> key.accept(this));
            map.getEntries().values().forEach(value -> value.accept(this));
        } else {
            visitCall(node);
        }
    }

    private void visitBinary(BinaryExpression<?> binary) {
        boolean mayBeMissing = (binary.getRightExpression() instanceof TestInvocationExpression test
                        && test.getTestName().equals("defined"))
                || (binary.getRightExpression() instanceof FilterInvocationExpression filter
                        && filter.getFilterName().equals("default"));
        if (!mayBeMissing || !(binary.getLeftExpression() instanceof ContextVariableExpression)) {
            binary.getLeftExpression().accept(this);
        }
        binary.getRightExpression().accept(this);
    }

    private void visitCall(Node node) {
        if (node instanceof GetAttributeExpression path) {
            path.getNode().accept(this);
            path.getAttributeNameExpression().accept(this);
            if (path.getArgumentsNode() != null) {
                path.getArgumentsNode().accept(this);
            }
        } else if (node instanceof FilterInvocationExpression filter) {
            require(
                    registry.getFilter(filter.getFilterName()) != null,
                    "filter",
                    filter.getFilterName(),
                    filter.getLineNumber());
            filter.getArgs().accept(this);
        } else if (node instanceof TestInvocationExpression test) {
            require(registry.getTest(test.getTestName()) != null, "test", test.getTestName(), test.getLineNumber());
            test.getArgs().accept(this);
        } else if (node instanceof FunctionOrMacroInvocationExpression call) {
            String name = call.getFunctionName();
            boolean known = registry.getFunction(name) != null || getTemplate().hasMacro(name);
            require(known, "function or macro", name, call.getLineNumber());
            if (Reads.FUNCTIONS.contains(name) && !isByName(call.getArguments())) {
                throw new TemplateFault(
                        name + " takes one name in quotes, as " + name
                                + "(\"app\"): what a template reads is known before it is rendered",
                        position(name, call.getLineNumber()));
            }
            if (Reads.SERVICE.equals(name) && !isService(call.getArguments())) {
                throw new TemplateFault(
                        "service takes a deployment's name in quotes, as service(\"web\") or, of a stack, service(\"web.shop\")",
                        position(name, call.getLineNumber()));
            }
            call.getArguments().accept(this);
        } else if (node instanceof BlockFunctionExpression block) {
            require(false, "function or macro", "block", block.getLineNumber());
        } else if (node instanceof ParentFunctionExpression parent) {
            require(false, "function or macro", "parent", parent.getLineNumber());
        }
    }

    private static boolean isByName(ArgumentsNode arguments) {
        List<PositionalArgumentNode> given = arguments.getPositionalArgs();
        return given.size() == 1
                && arguments.getNamedArgs().isEmpty()
                && given.get(0).getValueExpression() instanceof LiteralStringExpression;
    }

    private static boolean isService(ArgumentsNode arguments) {
        return isByName(arguments)
                && arguments.getPositionalArgs().get(0).getValueExpression() instanceof LiteralStringExpression text
                && Reads.isService(text.getValue());
    }

    private void requireVariable(String name, int line) {
        if (!collecting && !offered.contains(name) && !made.contains(name)) {
            throw new TemplateFault(
                    TemplateWords.foreign(Attributes.unknown(name, offered, ""), delimiters), position(name, line));
        }
    }

    private void require(boolean known, String kind, String name, int line) {
        if (!known) {
            throw new TemplateFault(
                    TemplateWords.foreign("there is no " + kind + " \"" + name + "\" in templates", delimiters),
                    position(name, line));
        }
    }

    private Position position(String name, int line) {
        Matcher word =
                Pattern.compile("(?<![\\w.])" + Pattern.quote(name) + "(?!\\w)").matcher(content);
        int start = Position.lineStart(content, line);
        return word.find(start) && word.start() <= Position.lineEnd(content, line)
                ? Position.at(content, word.start())
                : new Position(line, 0);
    }
}
