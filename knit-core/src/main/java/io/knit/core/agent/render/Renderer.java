package io.knit.core.agent.render;

import io.knit.api.model.TemplateSpec;
import io.knit.core.template.bound.ValueReader;
import java.util.Map;

/** Renders a template. Called off the loop, by several threads at once. */
@FunctionalInterface
public interface Renderer {
    /**
     * @param template with what is rendered as its content
     * @param model as {@link io.knit.core.template.TemplateModel} makes it
     * @param values what it reads
     * @throws io.knit.api.error.KnitException with {@code TEMPLATE_INVALID} if it can't be rendered
     */
    String render(TemplateSpec template, Map<String, Object> model, ValueReader values);
}
