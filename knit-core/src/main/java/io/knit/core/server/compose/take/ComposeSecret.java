package io.knit.core.server.compose.take;

import io.knit.api.command.Value.Content;
import io.knit.core.server.compose.text.Spot;
import org.jspecify.annotations.Nullable;

/**
 * A secret that a service is given and whose content a file names. That is no part of what is deployed: who deploys may set it.
 *
 * @param name on the server
 * @param at where its content is named
 * @param file beside the file, as that has it; empty: it is a variable
 * @param variable its name; empty: it is a file
 * @param held what the variable holds; null: it is not set, or it is a file
 */
public record ComposeSecret(
        String name,
        Spot at,
        String file,
        String variable,
        @Nullable Content held) {

    /** Where its content is, in words. */
    public String words() {
        return file.isEmpty() ? "the variable " + variable : "the file " + file;
    }
}
