package io.knit.gotemplate;

import io.knit.gotemplate.bound.CostMeter;
import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.bound.GoFunction;
import io.knit.gotemplate.parse.Parser;
import io.knit.gotemplate.run.Builtins;
import io.knit.gotemplate.run.TemplateRun;
import io.knit.gotemplate.tree.Definitions;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A template as Go's {@code text/template} takes it, with the option {@code missingkey=error}. Its values are maps with texts as keys, lists, texts, whole numbers (Go's int), numbers with a
 * point (float64), booleans and null; nothing else of a value can be reached. What rendering costs is counted by a {@link CostMeter}. Immutable.
 */
public final class GoTemplate {
    private final Definitions definitions;
    private final Map<String, GoFunction> functions;

    private GoTemplate(Definitions definitions, Map<String, GoFunction> functions) {
        this.definitions = definitions;
        this.functions = functions;
    }

    /**
     * Parses with the usual braces.
     *
     * @throws GoFault if it is none, with its place
     */
    public static GoTemplate parse(String text, Map<String, GoFunction> functions) {
        return parse(text, "{{", "}}", functions);
    }

    /**
     * Parses.
     *
     * @param open what actions begin with
     * @param close what they end with
     * @param functions by name; they go before Go's own
     * @throws GoFault if it is none, with its place
     */
    public static GoTemplate parse(String text, String open, String close, Map<String, GoFunction> functions) {
        Map<String, GoFunction> all = new HashMap<>(Builtins.all());
        all.putAll(functions);
        return new GoTemplate(Parser.parse(text, open, close, all::containsKey), Map.copyOf(all));
    }

    /**
     * What a text says, whatever functions it calls.
     *
     * @throws GoFault if it is no template
     */
    public static Definitions read(String text, String open, String close) {
        return Parser.parse(text, open, close, name -> true);
    }

    /** What its text says, for who looks for something in it before it is rendered. */
    public Definitions definitions() {
        return definitions;
    }

    /**
     * Renders.
     *
     * @param dot what {@code .} is
     * @throws GoFault if it can't be, with its place
     */
    public String render(@Nullable Object dot, CostMeter meter) {
        return TemplateRun.render(definitions, functions, dot, meter);
    }
}
