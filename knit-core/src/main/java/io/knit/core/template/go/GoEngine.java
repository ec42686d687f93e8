package io.knit.core.template.go;

import io.knit.api.model.TemplateSpec;
import io.knit.core.spec.Delimiters;
import io.knit.core.template.bound.Budget;
import io.knit.gotemplate.GoTemplate;
import io.knit.gotemplate.bound.GoFault;
import java.util.Map;
import java.util.Set;

/** A spec's Go templates, parsed and rendered. */
public final class GoEngine {
    private static final String FOREIGN =
            "; if this is meant for another program, give the template other delimiters, or engine none";

    private GoEngine() {}

    /**
     * Parses.
     *
     * @param names of what the dot has
     * @throws GoFault if it is none, calls what there is not, or reads what is known only once it is rendered
     */
    public static GoTemplate parse(TemplateSpec spec, Set<String> names) {
        Delimiters delimiters = Delimiters.of(spec);
        GoTemplate template;
        try {
            template = GoTemplate.parse(spec.content(), delimiters.open(), delimiters.close(), GoFunctions.all());
        } catch (GoFault e) {
            throw e.with(FOREIGN);
        }
        DotCheck.check(template.definitions(), names);
        CallCheck.check(template.definitions());
        return template;
    }

    /**
     * Renders.
     *
     * @param budget of this thread's rendering
     * @throws GoFault if it can't be
     */
    public static String evaluate(GoTemplate template, Map<String, Object> model, Budget budget) {
        return template.render(model, new BudgetMeter(budget));
    }
}
