package io.knit.core.spec;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.TemplateSpec;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Filters of templates that not every released agent has, and the name {@code ports} at the top. Whether a template has one is looked for in its text: one that only seems to is asked of no
 * older agent either, which costs less than a file that can't be made.
 */
public final class LaterFilters {
    /** In alphabetical order. */
    public static final List<String> NAMES = List.of("base64", "indent", "json", "toml", "yaml");

    /** By which agents say that they have them. */
    static final String FEATURE = "templates.filters";

    /** By which they say that they have {@code ports}. */
    static final String PORTS_FEATURE = "templates.ports";

    private static final String PORTS = "ports";

    private static final Pattern USE = Pattern.compile("\\|\\s*(?:" + String.join("|", NAMES) + ")\\b");

    /** Neither what another value has of that name, nor a key in quotes. */
    private static final Pattern PORTS_USE = Pattern.compile("(?<![\\w\"'])(?<!\\.\\s{0,9})ports\\b");

    /** What a template calls so itself is its own. */
    private static final Pattern OWN_PORTS =
            Pattern.compile("\\b(?:(?:set|for)\\s+ports\\b|for\\s+\\w+\\s*,\\s*ports\\b|macro\\s[^)]*\\bports\\b)");
    /** Of the dot, or of all that it was at first; within a range it may be another's. */
    private static final Pattern GO_PORTS = Pattern.compile("(?<![\\w.)\\]])\\$?\\.ports\\b|[\"`]ports[\"`]");

    private LaterFilters() {}

    static boolean isUsedBy(DeploymentSpec spec) {
        return spec.templates().stream()
                .anyMatch(template -> isIn(template.content(), Delimiters.of(template))
                        && USE.matcher(template.content()).find());
    }

    private static boolean isIn(String content, Delimiters delimiters) {
        return content.contains(delimiters.open()) || content.contains(delimiters.tagOpen());
    }

    static boolean readPorts(DeploymentSpec spec) {
        return spec.templates().stream().anyMatch(LaterFilters::readsPorts);
    }

    private static boolean readsPorts(TemplateSpec template) {
        String content = template.content();
        if (!content.contains(PORTS)) {
            return false;
        }
        return switch (template.engine()) {
            case PEBBLE -> {
                boolean[] found = new boolean[2];
                Delimiters.of(template).eachPart(content, part -> {
                    found[0] |= PORTS_USE.matcher(part).find();
                    found[1] |= OWN_PORTS.matcher(part).find();
                });
                yield found[0] && !found[1];
            }
            case GO -> GO_PORTS.matcher(content).find();
            case NONE -> false;
        };
    }
}
