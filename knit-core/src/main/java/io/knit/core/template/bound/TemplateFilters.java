package io.knit.core.template.bound;

import io.knit.core.template.text.JsonText;
import io.knit.core.template.text.TomlLines;
import io.knit.core.template.text.UnfitException;
import io.knit.core.template.text.YamlLines;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.extension.core.DefaultFilter;
import io.pebbletemplates.pebble.extension.escaper.EscapeFilter;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The filters there are, by name. Pebble's own where they look at their input once (paid by its weight) and give back no more
 * than a few times as much; ours where Pebble's could grow or repeat without that; none that is not named here.
 */
public final class TemplateFilters {
    /** Look once, and give at most eight characters for one. */
    private static final List<String> LINEAR = List.of(
            "abbreviate",
            "abs",
            "base64decode",
            "base64encode",
            "capitalize",
            "length",
            "lower",
            "nl2br",
            "raw",
            "reverse",
            "sha256",
            "slice",
            "title",
            "trim",
            "upper",
            "urlencode");

    /** Read a pattern of the user's, whose length they are limited to. */
    private static final Map<String, Integer> PATTERNS = Map.of("date", 100, "numberformat", 100);

    /** What those take that are given something else by their sense, not by its kind. */
    private static final Map<String, String> TAKES = Map.of(
            "base64decode", "base64decode takes Base64 of a text in UTF-8",
            "date",
                    "date takes a number of milliseconds, or a text and how it is written, as in date('yyyy', 'yyyy-MM-dd')",
            "escape", "escape takes html, js, css, url_param or json",
            "slice", "slice takes a text or a list, and from where to where, which is within it");

    private static final List<String> SORTS = List.of("sort", "rsort");

    private TemplateFilters() {}

    public static Map<String, Filter> of(Map<String, Filter> pebbles) {
        Map<String, Filter> filters = new HashMap<>();
        pebbles.forEach((name, filter) -> {
            Filter ours = ours(name, filter);
            if (ours != null) {
                filters.put(name, ours);
            }
        });
        // each extension of Pebble's is asked; this is the one with the filters
        if (pebbles.containsKey("upper")) {
            filters.put("json", written("json", (value, most) -> JsonText.of(value)));
            filters.put("yaml", written("yaml", YamlLines::of));
            filters.put("toml", written("toml", TomlLines::of));
            filters.put("base64", filters.get("base64encode"));
            filters.put("indent", indent());
        }
        return filters;
    }

    private static @Nullable Filter ours(String name, Filter filter) {
        if (LINEAR.contains(name)) {
            return bounded(name, filter, filter::apply);
        }
        if (SORTS.contains(name)) {
            return bounded(name, filter, (input, args, self, context, line) -> {
                int weight = Budget.current().weightOf(input);
                Budget.current().spend((long) weight * (32 - Integer.numberOfLeadingZeros(weight)));
                return filter.apply(input, args, self, context, line);
            });
        }
        Integer longest = PATTERNS.get(name);
        if (longest != null) {
            return bounded(name, filter, (input, args, self, context, line) -> {
                requireShort(name, args, longest, line);
                Budget.current().spend(1 << 14); // looks through all time zones at worst
                return filter.apply(input, args, self, context, line);
            });
        }
        return switch (name) {
            case "default" -> new BoundedDefault();
            case "escape" -> new BoundedEscape();
            case "first", "last" ->
                bounded(
                        name,
                        filter,
                        (input, args, self, context, line) -> ends(filter, input, args, self, context, line));
            case "format" ->
                bounded(name, filter, (input, args, self, context, line) -> Growing.format(input, args, line));
            case "join" ->
                bounded(name, filter, (input, args, self, context, line) -> {
                    Growing.join(input, args.get("separator"), line);
                    return filter.apply(input, args, self, context, line);
                });
            case "merge" ->
                bounded(name, filter, (input, args, self, context, line) -> {
                    Growing.merge(input, args.get("items"), line);
                    return filter.apply(input, args, self, context, line);
                });
            case "replace" ->
                bounded(
                        name,
                        filter,
                        (input, args, self, context, line) -> Growing.replace(input, args.get("replace_pairs"), line));
            case "split" ->
                bounded(
                        name,
                        filter,
                        (input, args, self, context, line) ->
                                Growing.split(input, args.get("delimiter"), args.get("limit"), line));
            default -> null;
        };
    }

    private static Filter written(String name, BiFunction<@Nullable Object, Integer, String> format) {
        return bounded(name, List.of(), (input, args, self, context, line) -> {
            int weight = Budget.current().weightOf(input);
            // copied and sorted before, and six characters for one; what it becomes is weighed afterwards
            Budget.current().spend((long) weight * (8 + 32 - Integer.numberOfLeadingZeros(weight)));
            try {
                return format.apply(input, Budget.MAX_WEIGHT);
            } catch (UnfitException e) {
                boolean quotes = !Budget.current().hasMadeKeys();
                throw new ValueFault(quotes ? String.valueOf(e.getMessage()) : e.quotingNothing(), line, e);
            }
        });
    }

    /** As Jinja's: the first line stays where it is, unless told. */
    private static Filter indent() {
        return bounded(
                "indent",
                List.of("width", "first"),
                (input, args, self, context, line) ->
                        Growing.indent(input, args.get("width"), args.get("first"), line));
    }

    /** A character is a text of one to a template; Pebble's would be equal to no text. */
    private static @Nullable Object ends(
            Filter filter,
            @Nullable Object input,
            Map<String, Object> args,
            PebbleTemplate self,
            EvaluationContext context,
            int line) {
        Object end = filter.apply(input, args, self, context, line);
        return end instanceof Character character ? character.toString() : end;
    }

    private static void requireShort(String name, Map<String, Object> args, int longest, int line) {
        args.values().forEach(argument -> {
            if (argument instanceof CharSequence text && text.length() > longest) {
                throw new ValueFault(name + " takes a pattern of at most " + longest + " characters", line);
            }
        });
    }

    private static Filter bounded(String name, Filter filter, Filter0 work) {
        return bounded(name, filter.getArgumentNames(), work);
    }

    @SuppressWarnings("NullAway") // Pebble takes null for no arguments
    private static Filter bounded(String name, @Nullable List<String> arguments, Filter0 work) {
        return new Filter() {
            @Override
            public @Nullable List<String> getArgumentNames() {
                return arguments;
            }

            @Override
            public @Nullable Object apply(
                    Object input, Map<String, Object> args, PebbleTemplate self, EvaluationContext context, int line) {
                return TemplateFilters.apply(name, work, input, args, self, context, line);
            }
        };
    }

    private static @Nullable Object apply(
            String name,
            Filter0 work,
            @Nullable Object input,
            Map<String, Object> args,
            PebbleTemplate self,
            EvaluationContext context,
            int line) {
        Budget budget = Budget.current();
        budget.weigh(input, Budget.MAX_WEIGHT, line);
        try {
            Object result = work.apply(input, args, self, context, line);
            return budget.weigh(result, Budget.MAX_WEIGHT, line);
        } catch (ValueFault e) {
            throw e;
        } catch (RuntimeException e) {
            // Pebble's filters throw whatever their arguments make them throw, in words about Java, or with the value
            // in them
            String usual = "the filter \"" + name + "\" can't do that with " + Values.kind(input)
                    + (args.isEmpty() ? "" : " and what is given in parentheses");
            throw new ValueFault(TAKES.getOrDefault(name, usual), line, e);
        }
    }

    @FunctionalInterface
    private interface Filter0 {
        @Nullable
        Object apply(
                @Nullable Object input,
                Map<String, Object> args,
                PebbleTemplate self,
                EvaluationContext context,
                int line);
    }

    /** Pebble looks for its class where a name may be missing. */
    private static final class BoundedDefault extends DefaultFilter {
        @Override
        public @Nullable Object apply(
                Object input, Map<String, Object> args, PebbleTemplate self, EvaluationContext context, int line) {
            return TemplateFilters.apply("default", super::apply, input, args, self, context, line);
        }
    }

    /** Pebble looks for its class where a text may be escaped already. */
    private static final class BoundedEscape extends EscapeFilter {
        @Override
        public @Nullable Object apply(
                Object input, Map<String, Object> args, PebbleTemplate self, EvaluationContext context, int line) {
            return TemplateFilters.apply("escape", super::apply, input, args, self, context, line);
        }
    }
}
