package io.knit.core.spec;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.gotemplate.GoTemplate;
import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.tree.FunctionCall;
import java.util.List;
import java.util.function.BiConsumer;

/** What Go templates read, by what their text says once it is parsed. One that is none reads nothing, for it is refused, or can't be rendered. */
final class GoReads {
    /** By which agents say that they know Go templates. */
    static final String FEATURE = "templates.engine.go";

    private GoReads() {}

    static boolean isUsedBy(DeploymentSpec spec) {
        return spec.templates().stream().anyMatch(it -> it.engine() == TemplateSpec.Engine.GO);
    }

    static boolean asksForServices(TemplateSpec template) {
        return calls(template).stream().anyMatch(call -> call.name().equals(Reads.SERVICE));
    }

    /** @param found takes the kind and the name */
    static void calls(TemplateSpec template, BiConsumer<String, String> found) {
        if (Reads.FUNCTIONS.stream().anyMatch(template.content()::contains)) {
            calls(template).stream()
                    .filter(call -> Reads.FUNCTIONS.contains(call.name()) && call.isByText())
                    .forEach(call -> found.accept(call.name(), call.text()));
        }
    }

    private static List<FunctionCall> calls(TemplateSpec template) {
        Delimiters delimiters = Delimiters.of(template);
        try {
            return GoTemplate.read(template.content(), delimiters.open(), delimiters.close())
                    .calls();
        } catch (GoFault e) {
            return List.of();
        }
    }
}
