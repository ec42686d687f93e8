package io.knit.core.template.bound;

import io.pebbletemplates.pebble.error.PebbleException;
import org.jspecify.annotations.Nullable;

/** What does not fit a value, in words of ours, which quote nothing of any value: it may be a secret. Pebble's own words do. */
public final class ValueFault extends PebbleException {
    private static final long serialVersionUID = 1L;

    public ValueFault(String words, int line) {
        this(words, line, null);
    }

    @SuppressWarnings("NullAway") // Pebble takes null for no cause
    ValueFault(String words, int line, @Nullable Throwable cause) {
        super(cause, words, line, "template");
    }
}
