package io.knit.core.agent.render;

import io.knit.core.spec.Delimiters;
import io.knit.core.template.bound.ValueReader;
import java.util.Map;

/** Renders a template. Called off the loop, by several threads at once. */
@FunctionalInterface
public interface Renderer {
    /**
     * @param content the template
     * @param delimiters what its values stand in
     * @param model as {@link io.knit.core.template.TemplateModel} makes it
     * @param values what it reads
     * @throws io.knit.api.error.KnitException with {@code TEMPLATE_INVALID} if it can't be rendered
     */
    String render(String content, Delimiters delimiters, Map<String, Object> model, ValueReader values);
}
