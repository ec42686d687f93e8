package io.knit.core.template.parse;

import org.jspecify.annotations.Nullable;

/** What is wrong with a template, and where; becomes a {@link io.knit.api.error.KnitException} at the border. */
public final class TemplateFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TemplateFault(String words) {
        this(words, null);
    }

    TemplateFault(String words, @Nullable Position position) {
        super(position == null ? words : position + ": " + words, null, false, false);
    }
}
