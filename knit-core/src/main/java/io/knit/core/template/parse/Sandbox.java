package io.knit.core.template.parse;

import io.knit.core.template.bound.Attributes;
import io.knit.core.template.bound.Operators;
import io.knit.core.template.bound.TemplateFilters;
import io.knit.core.template.bound.ValueReader;
import io.pebbletemplates.pebble.attributes.AttributeResolver;
import io.pebbletemplates.pebble.extension.Extension;
import io.pebbletemplates.pebble.extension.ExtensionCustomizer;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.extension.Function;
import io.pebbletemplates.pebble.node.expression.BinaryExpression;
import io.pebbletemplates.pebble.operator.Associativity;
import io.pebbletemplates.pebble.operator.BinaryOperator;
import io.pebbletemplates.pebble.operator.BinaryOperatorImpl;
import io.pebbletemplates.pebble.operator.BinaryOperatorType;
import io.pebbletemplates.pebble.tokenParser.ForTokenParser;
import io.pebbletemplates.pebble.tokenParser.IfTokenParser;
import io.pebbletemplates.pebble.tokenParser.MacroTokenParser;
import io.pebbletemplates.pebble.tokenParser.SetTokenParser;
import io.pebbletemplates.pebble.tokenParser.TokenParser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What of Pebble templates may use. Tags are listed by what is allowed, so that a new one of Pebble's is not open by
 * accident, and so are filters; what each may cost is for {@link TemplateFilters}, {@link Operators} and {@link Meter} to say.
 */
public final class Sandbox extends ExtensionCustomizer {
    /** Known to Pebble's users, refused here, with words of their own. */
    public static final Set<String> READS_FILES =
            Set.of("include", "import", "from", "extends", "embed", "block", "parent");

    /** With ours; the last makes ranges, which can be endless. */
    private static final Set<String> REPLACED = Set.of("~", "-", "contains", "..");

    public Sandbox(Extension extension) {
        super(extension);
    }

    @Override
    public List<TokenParser> getTokenParsers() {
        if (super.getTokenParsers() == null
                || super.getTokenParsers().stream().noneMatch(ForTokenParser.class::isInstance)) {
            return List.of();
        }
        return List.of(new IfTokenParser(), new SetTokenParser(), new ForTokenParser(), new MacroTokenParser());
    }

    @Override
    public Map<String, Function> getFunctions() {
        Map<String, Function> functions = new HashMap<>();
        if (super.getFunctions() != null) {
            functions.putAll(super.getFunctions());
        }
        // range makes endless loops, i18n reads files of the class path
        functions.keySet().retainAll(Set.of("min", "max"));
        if (!functions.isEmpty()) {
            functions.putAll(ValueReader.functions());
        }
        return functions;
    }

    @Override
    public Map<String, Filter> getFilters() {
        return super.getFilters() == null ? Map.of() : TemplateFilters.of(super.getFilters());
    }

    @Override
    public List<BinaryOperator> getBinaryOperators() {
        if (super.getBinaryOperators() == null) {
            return List.of();
        }
        List<BinaryOperator> operators = new ArrayList<>(super.getBinaryOperators());
        boolean core = operators.removeIf(operator -> REPLACED.contains(operator.getSymbol()));
        if (core) {
            operators.add(normal("~", 110, Operators.Concatenate::new));
            operators.add(normal("-", 40, Operators.Subtract::new));
            operators.add(normal("contains", 20, Operators.Contains::new));
        }
        return operators;
    }

    private static BinaryOperator normal(String symbol, int precedence, Supplier<? extends BinaryExpression<?>> made) {
        return new BinaryOperatorImpl(symbol, precedence, made, BinaryOperatorType.NORMAL, Associativity.LEFT);
    }

    @Override
    public List<AttributeResolver> getAttributeResolver() {
        return super.getAttributeResolver() == null ? List.of() : List.of(new Attributes());
    }
}
