package io.knit.core.template.bound;

import io.knit.core.spec.Reads;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.extension.Function;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code var("name")}, {@code secret("name")} and {@code file("name")}: what the rendering at hand reads them to be. */
public final class ValueFunctions {
    private ValueFunctions() {}

    /** By their names. */
    public static Map<String, Function> all() {
        Map<String, Function> functions = new HashMap<>();
        Reads.FUNCTIONS.forEach(kind -> functions.put(kind, function(kind)));
        return functions;
    }

    private static Function function(String kind) {
        return new Function() {
            @Override
            public List<String> getArgumentNames() {
                return List.of("name");
            }

            @Override
            public Object execute(
                    Map<String, Object> args, PebbleTemplate self, EvaluationContext context, int lineNumber) {
                String name = String.valueOf(args.get("name"));
                try {
                    return Budget.current().values().read(kind, name);
                } catch (ValueReader.MissingException e) {
                    throw new PebbleException(e, String.valueOf(e.getMessage()), lineNumber, self.getName());
                }
            }
        };
    }
}
