package io.knit.core.template;

import java.util.List;
import java.util.Map;

/** Where instances are, for one who reads it. Thread-safe. */
@FunctionalInterface
public interface ServiceLookup {
    /** As {@link TemplateModel#endpoint} makes each, always in the same order. */
    List<Map<String, Object>> of(String name);
}
