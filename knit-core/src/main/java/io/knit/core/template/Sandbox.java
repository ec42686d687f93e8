package io.knit.core.template;

import io.pebbletemplates.pebble.extension.Extension;
import io.pebbletemplates.pebble.extension.ExtensionCustomizer;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.extension.Function;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.operator.Associativity;
import io.pebbletemplates.pebble.operator.BinaryOperator;
import io.pebbletemplates.pebble.operator.BinaryOperatorImpl;
import io.pebbletemplates.pebble.operator.BinaryOperatorType;
import io.pebbletemplates.pebble.tokenParser.ForTokenParser;
import io.pebbletemplates.pebble.tokenParser.IfTokenParser;
import io.pebbletemplates.pebble.tokenParser.MacroTokenParser;
import io.pebbletemplates.pebble.tokenParser.SetTokenParser;
import io.pebbletemplates.pebble.tokenParser.TokenParser;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What of Pebble templates may use. Tags are listed by what is allowed, so that a new one of Pebble's is not open by
 * accident; everything that makes a value is wrapped by {@link Bounds}.
 */
final class Sandbox extends ExtensionCustomizer {
    /** Known to Pebble's users, refused here, with words of their own. */
    static final Set<String> READS_FILES = Set.of("include", "import", "from", "extends", "embed", "block", "parent");

    /** Pebble looks for these two by class where a name may be missing, so they can't be wrapped; they make nothing larger. */
    private static final Set<String> NOT_WRAPPED = Set.of("default", "escape");

    private static final Set<String> LOOP = Set.of("isFirst", "isLast", "getLength", "getIndex", "getRevindex");
    private static final Set<String> ENTRY = Set.of("getKey", "getValue");

    Sandbox(Extension extension) {
        super(extension);
    }

    /** Only what Pebble itself reads: {@code loop.index} and its like, and the key and value when looping over a map. */
    static boolean mayCall(Method method) {
        Class<?> owner = method.getDeclaringClass();
        return (owner == ForNode.LoopVariables.class && LOOP.contains(method.getName()))
                || (Map.Entry.class.isAssignableFrom(owner) && ENTRY.contains(method.getName()));
    }

    @Override
    public List<TokenParser> getTokenParsers() {
        if (super.getTokenParsers() == null
                || super.getTokenParsers().stream().noneMatch(ForTokenParser.class::isInstance)) {
            return List.of();
        }
        return List.of(
                new IfTokenParser(),
                Bounds.values(new SetTokenParser()),
                Bounds.steps(new ForTokenParser()),
                Bounds.calls(new MacroTokenParser()));
    }

    @Override
    public Map<String, Function> getFunctions() {
        Map<String, Function> functions = new HashMap<>();
        if (super.getFunctions() != null) {
            functions.putAll(super.getFunctions());
        }
        // range makes endless loops, i18n reads files of the class path
        functions.keySet().retainAll(Set.of("min", "max"));
        return functions;
    }

    @Override
    public Map<String, Filter> getFilters() {
        Map<String, Filter> filters = new HashMap<>();
        if (super.getFilters() != null) {
            super.getFilters()
                    .forEach((name, filter) ->
                            filters.put(name, NOT_WRAPPED.contains(name) ? filter : Bounds.filter(name, filter)));
        }
        return filters;
    }

    @Override
    public List<BinaryOperator> getBinaryOperators() {
        List<BinaryOperator> operators = new ArrayList<>();
        if (super.getBinaryOperators() != null) {
            operators.addAll(super.getBinaryOperators());
        }
        boolean core = operators.removeIf(operator -> operator.getSymbol().equals("~"));
        operators.removeIf(operator -> operator.getSymbol().equals(".."));
        if (core) {
            operators.add(new BinaryOperatorImpl(
                    "~", 110, Bounds.Concatenate::new, BinaryOperatorType.NORMAL, Associativity.LEFT));
        }
        return operators;
    }
}
