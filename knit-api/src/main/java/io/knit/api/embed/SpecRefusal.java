package io.knit.api.embed;

import java.util.Objects;

/**
 * What a {@link SpecRule} has against a spec. It is answered like what Knit's own rules have, with the code {@code invalid_value}.
 *
 * @param pointer JSON pointer (RFC 6901) of the field at fault: {@code /image}, {@code /ports/0/host_port}; {@code ""} is the whole spec
 * @param words what is wrong and what to do, in a sentence for the user; no secrets
 */
public record SpecRefusal(String pointer, String words) {
    /** @throws IllegalArgumentException if the pointer is neither empty nor begins with a slash, or there are no words */
    public SpecRefusal {
        Objects.requireNonNull(pointer, "pointer");
        Objects.requireNonNull(words, "words");
        if (!pointer.isEmpty() && !pointer.startsWith("/")) {
            throw new IllegalArgumentException("pointer \"" + pointer
                    + "\" is no JSON pointer; give one like \"/image\", or \"\" for the whole spec");
        }
        if (words.isBlank()) {
            throw new IllegalArgumentException("a refusal needs words: say what is wrong and what to do");
        }
    }
}
