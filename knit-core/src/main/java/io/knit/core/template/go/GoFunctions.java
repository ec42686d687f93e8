package io.knit.core.template.go;

import io.knit.core.spec.Reads;
import io.knit.core.template.bound.Budget;
import io.knit.core.template.bound.ValueReader;
import io.knit.core.template.text.JsonText;
import io.knit.core.template.text.TomlLines;
import io.knit.core.template.text.UnfitException;
import io.knit.core.template.text.YamlLines;
import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.bound.GoFunction;
import io.knit.gotemplate.value.GoType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What Knit's templates can call besides Go's own functions, by name. What is piped in is the last argument. Each pays for what it is given and for what it makes. */
final class GoFunctions {
    private static final Map<String, GoFunction> ALL = make();

    private GoFunctions() {}

    static Map<String, GoFunction> all() {
        return ALL;
    }

    private static Map<String, GoFunction> make() {
        Map<String, GoFunction> all = new HashMap<>();
        Reads.FUNCTIONS.forEach(kind -> all.put(
                kind, whole(name -> read(() -> Budget.current().values().read(kind, TextWork.text(kind, name))))));
        all.put(Reads.SERVICE, one(name -> read(() -> ValueReader.found(TextWork.text(Reads.SERVICE, name)))));
        all.put("json", written(JsonText::of));
        all.put("yaml", written(value -> YamlLines.of(value, Budget.MAX_WEIGHT)));
        all.put("toml", written(value -> TomlLines.of(value, Budget.MAX_WEIGHT)));
        all.put("default", bounded(2, args -> GoType.truth(args.get(1)) ? args.get(1) : args.get(0)));
        all.put("sort", one(TextWork::sort));
        all.put("join", bounded(2, args -> TextWork.join(args.get(0), args.get(1))));
        all.put("split", bounded(2, args -> TextWork.split(args.get(0), args.get(1))));
        all.put("replace", bounded(3, args -> TextWork.replace(args.get(0), args.get(1), args.get(2))));
        all.put("indent", bounded(2, args -> TextWork.indent(args.get(0), args.get(1))));
        all.put("base64", one(TextWork::base64));
        all.put("base64decode", one(TextWork::base64decode));
        all.put("sha256", one(TextWork::sha256));
        all.put("lower", one(TextWork::lower));
        all.put("upper", one(TextWork::upper));
        all.put("trim", one(TextWork::trim));
        return Map.copyOf(all);
    }

    private static GoFunction one(Function<@Nullable Object, @Nullable Object> work) {
        return bounded(1, args -> work.apply(args.get(0)));
    }

    /** What is read may be as large as what is rendered: most of it is only printed. Other functions don't take one that is larger than a value may be. */
    private static GoFunction whole(Function<@Nullable Object, Object> read) {
        return GoFunction.of(1, (args, meter) -> {
            Budget budget = Budget.current();
            budget.weigh(args.get(0), Budget.MAX_WEIGHT, 0);
            return budget.weigh(read.apply(args.get(0)), Budget.MAX_OUTPUT, 0);
        });
    }

    private static GoFunction bounded(int arguments, Function<List<@Nullable Object>, @Nullable Object> work) {
        return GoFunction.of(arguments, (args, meter) -> {
            Budget budget = Budget.current();
            args.forEach(it -> budget.weigh(it, Budget.MAX_WEIGHT, 0));
            return budget.weigh(work.apply(args), Budget.MAX_WEIGHT, 0);
        });
    }

    private static GoFunction written(Function<@Nullable Object, String> format) {
        return one(value -> {
            int weight = Budget.current().weightOf(value);
            // copied and sorted before, and six characters for one; what it becomes is weighed afterwards
            Budget.current().spend((long) weight * (8 + 32 - Integer.numberOfLeadingZeros(weight)));
            try {
                return format.apply(value);
            } catch (UnfitException e) {
                throw new GoFault(String.valueOf(e.getMessage()));
            }
        });
    }

    private static Object read(java.util.function.Supplier<Object> reading) {
        try {
            return reading.get();
        } catch (ValueReader.MissingException e) {
            throw new GoFault(String.valueOf(e.getMessage()));
        }
    }
}
