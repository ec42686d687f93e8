package io.knit.gotemplate.run;

import io.knit.gotemplate.bound.CostMeter;
import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.bound.GoFunction;
import io.knit.gotemplate.format.Escapes;
import io.knit.gotemplate.format.Printf;
import io.knit.gotemplate.format.ValuePrinter;
import io.knit.gotemplate.value.GoType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions that each Go template has. {@code and} and {@code or} are not called: what they don't need they don't look at. */
public final class Builtins {
    static final String AND = "and";
    static final String OR = "or";

    private static final GoFunction LAZY = new GoFunction(1, -1, (arguments, meter) -> null);

    private static final Map<String, GoFunction> ALL = Map.ofEntries(
            Map.entry(AND, LAZY),
            Map.entry(OR, LAZY),
            Map.entry("not", GoFunction.of(1, (arguments, meter) -> !GoType.truth(arguments.get(0)))),
            Map.entry("eq", new GoFunction(1, -1, (arguments, meter) -> {
                arguments.forEach(it -> meter.spend(weight(it)));
                return Comparisons.isOneOf(arguments);
            })),
            Map.entry("ne", two((one, other) -> !Comparisons.equal(one, other))),
            Map.entry("lt", two(Comparisons::less)),
            Map.entry("le", two(Comparisons::lessOrEqual)),
            Map.entry("gt", two((one, other) -> !Comparisons.lessOrEqual(one, other))),
            Map.entry("ge", two((one, other) -> !Comparisons.less(one, other))),
            Map.entry("len", GoFunction.of(1, (arguments, meter) -> Parts.length(arguments.get(0), meter))),
            Map.entry("index", new GoFunction(1, -1, Parts::index)),
            Map.entry("slice", new GoFunction(1, -1, Parts::slice)),
            Map.entry("print", new GoFunction(0, -1, ValuePrinter::print)),
            Map.entry("println", new GoFunction(0, -1, ValuePrinter::printLine)),
            Map.entry("printf", new GoFunction(1, -1, Builtins::printf)),
            Map.entry("html", new GoFunction(0, -1, (args, meter) -> Escapes.html(text(args, meter), meter))),
            Map.entry("js", new GoFunction(0, -1, (args, meter) -> Escapes.javaScript(text(args, meter), meter))),
            Map.entry("urlquery", new GoFunction(0, -1, (args, meter) -> Escapes.url(text(args, meter), meter))),
            Map.entry("call", new GoFunction(0, -1, (args, meter) -> {
                throw new GoFault("call has nothing to call: values are no functions here");
            })));

    private Builtins() {}

    /** By their names. */
    public static Map<String, GoFunction> all() {
        return ALL;
    }

    @FunctionalInterface
    private interface Comparison {
        boolean of(Object one, Object other);
    }

    @SuppressWarnings("NullAway") // what is compared may be nothing, which comparisons know
    private static GoFunction two(Comparison comparison) {
        return GoFunction.of(2, (arguments, meter) -> {
            meter.spend(weight(arguments.get(0)));
            return comparison.of(arguments.get(0), arguments.get(1));
        });
    }

    private static int weight(@Nullable Object value) {
        return value instanceof String text ? text.length() : 1;
    }

    private static Object printf(List<?> arguments, CostMeter meter) {
        if (arguments.get(0) instanceof String format) {
            return Printf.of(format, arguments.subList(1, arguments.size()), meter);
        }
        throw new GoFault("printf takes a text first, and this is "
                + GoType.of(arguments.get(0)).words());
    }

    private static String text(List<?> arguments, CostMeter meter) {
        return arguments.size() == 1 && arguments.get(0) instanceof String text
                ? text
                : ValuePrinter.print(
                        arguments.stream()
                                .map(it -> it == null ? ValuePrinter.NO_VALUE : it)
                                .toList(),
                        meter);
    }
}
