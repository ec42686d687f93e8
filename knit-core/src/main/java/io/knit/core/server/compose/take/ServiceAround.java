package io.knit.core.server.compose.take;

import io.knit.core.server.compose.text.NoTextException;
import io.knit.core.server.compose.text.Part;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is around a service.
 *
 * @param project the project's name, the stack of all its deployments
 * @param file the whole file, for what stands at its top
 * @param deployments the name of each service's deployment that is taken over
 * @param services all of the file, also those that are left out
 * @param jobs services on whose end another waits
 * @param variables the environment, and the env file under it
 * @param beside the text of a file that is given along; null: there is none; throws {@link NoTextException} if it is none
 * @param liberties what is taken over otherwise than it stands there
 */
public record ServiceAround(
        String project,
        Part file,
        Map<String, String> deployments,
        Map<String, Part> services,
        Set<String> jobs,
        Map<String, String> variables,
        Function<String, @Nullable String> beside,
        Set<Liberty> liberties) {

    /** The same; null, too: it is no text. */
    @Nullable
    String textOf(String name) {
        try {
            return beside.apply(name);
        } catch (NoTextException e) {
            return null;
        }
    }
}
