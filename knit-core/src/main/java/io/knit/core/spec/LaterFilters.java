package io.knit.core.spec;

import io.knit.api.model.DeploymentSpec;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Filters of templates that not every released agent has. Whether a template has one is looked for in its text: one that only seems to is asked of no
 * older agent either, which costs less than a file that can't be made.
 */
public final class LaterFilters {
    /** In alphabetical order. */
    public static final List<String> NAMES = List.of("base64", "indent", "json", "toml", "yaml");

    /** By which agents say that they have them. */
    static final String FEATURE = "templates.filters";

    private static final Pattern USE = Pattern.compile("\\|\\s*(?:" + String.join("|", NAMES) + ")\\b");

    private LaterFilters() {}

    static boolean isUsedBy(DeploymentSpec spec) {
        return spec.templates().stream()
                .anyMatch(template -> isIn(template.content(), Delimiters.of(template))
                        && USE.matcher(template.content()).find());
    }

    private static boolean isIn(String content, Delimiters delimiters) {
        return content.contains(delimiters.open()) || content.contains(delimiters.tagOpen());
    }
}
