package io.knit.core.template.bound;

import io.knit.core.spec.Reads;
import io.pebbletemplates.pebble.extension.Function;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.util.AbstractList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a template reads of variables, secrets and files that the server keeps. */
@FunctionalInterface
public interface ValueReader {
    /** Of who has none. */
    ValueReader NONE = (kind, name) -> {
        throw new MissingException(kind + "(\"" + name + "\") is not there");
    };

    /**
     * @param kind {@code var}, {@code secret} or {@code file}
     * @throws MissingException if it is not there, or is no text
     */
    String read(String kind, String name) throws MissingException;

    /**
     * Where healthy instances of a deployment are, as {@link io.knit.core.template.TemplateModel#endpoint} makes each. None is no fault.
     *
     * @throws MissingException if what is read here does not follow services
     */
    default List<Map<String, Object>> service(String name) throws MissingException {
        throw new MissingException(
                "service(\"" + name + "\") is read only in a template whose on_change is signal, exec or none");
    }

    /** {@code var("name")}, {@code secret("name")}, {@code file("name")} and {@code service("name")}, by their names: what the rendering at hand reads them to be. */
    static Map<String, Function> functions() {
        Map<String, Function> functions = new HashMap<>();
        Reads.FUNCTIONS.forEach(kind ->
                functions.put(kind, function(name -> Budget.current().values().read(kind, name))));
        functions.put(Reads.SERVICE, function(name -> found(name)));
        return functions;
    }

    /** Where a service is, for the rendering at hand. */
    static List<Map<String, Object>> found(String name) {
        return new Found(Budget.current().values().service(name));
    }

    private static Function function(java.util.function.Function<String, Object> read) {
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
                    return read.apply(name);
                } catch (ValueReader.MissingException e) {
                    throw new ValueFault(String.valueOf(e.getMessage()), lineNumber, e);
                }
            }
        };
    }

    /** Instances of a service: as many as are promised are heavier than other values may be. */
    final class Found extends AbstractList<Map<String, Object>> {
        private final List<Map<String, Object>> all;

        private Found(List<Map<String, Object>> all) {
            this.all = all;
        }

        @Override
        public Map<String, Object> get(int index) {
            return all.get(index);
        }

        @Override
        public int size() {
            return all.size();
        }
    }

    /** Why something can't be read, in words that quote nothing of it. */
    final class MissingException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public MissingException(String message) {
            super(message);
        }
    }
}
