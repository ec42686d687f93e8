package io.knit.core.server.compose;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Compose file and all that it is read with.
 *
 * @param file its name, for what is said of it
 * @param text what is in it
 * @param env variables, as of an environment
 * @param envFile a file of variables, under those; null: there is none
 * @param profiles whose services are wanted beside those of none; {@code *} is all
 * @param project the project's name; empty: what the file or {@code COMPOSE_PROJECT_NAME} says
 * @param beside the text of another file, by its name as the Compose file has it; null: there is none, or it is no text
 */
public record ComposeSource(
        String file,
        String text,
        Map<String, String> env,
        @Nullable String envFile,
        Set<String> profiles,
        String project,
        Function<String, @Nullable String> beside) {

    public ComposeSource {
        env = Map.copyOf(new LinkedHashMap<>(env));
        profiles = Set.copyOf(new LinkedHashSet<>(profiles));
    }

    /** Without anything around it. */
    public static ComposeSource of(String file, String text) {
        return new ComposeSource(file, text, Map.of(), null, Set.of(), "", name -> null);
    }

    /** The same with a project's name. */
    public ComposeSource named(String other) {
        return new ComposeSource(file, text, env, envFile, profiles, other, beside);
    }

    /** The same with variables. */
    public ComposeSource with(Map<String, String> variables, @Nullable String fileOfVariables) {
        return new ComposeSource(file, text, variables, fileOfVariables, profiles, project, beside);
    }

    /** The same with profiles. */
    public ComposeSource in(Set<String> others) {
        return new ComposeSource(file, text, env, envFile, others, project, beside);
    }

    /** The same with files beside it. */
    public ComposeSource along(Function<String, @Nullable String> files) {
        return new ComposeSource(file, text, env, envFile, profiles, project, files);
    }
}
