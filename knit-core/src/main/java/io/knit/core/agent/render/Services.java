package io.knit.core.agent.render;

import java.util.List;
import java.util.Map;

/** Where instances are, for one who reads it. Thread-safe. */
@FunctionalInterface
public interface Services {
    /** As {@link io.knit.core.template.TemplateModel#endpoint} makes each, always in the same order. */
    List<Map<String, Object>> of(String name);
}
