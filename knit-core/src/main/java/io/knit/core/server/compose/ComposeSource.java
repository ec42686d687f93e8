package io.knit.core.server.compose;

import io.knit.core.server.compose.take.Liberty;
import io.knit.core.server.compose.text.NoTextException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
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
 * @param envFiles files of variables, under those; of several the later counts
 * @param profiles whose services are wanted beside those of none; {@code *} is all
 * @param project the project's name; empty: what the file or {@code COMPOSE_PROJECT_NAME} says
 * @param beside the text of another file, by its name as the Compose file has it; null: there is none; throws {@link NoTextException} if it is none
 * @param liberties what is taken over otherwise than it stands there
 */
public record ComposeSource(
        String file,
        String text,
        Map<String, String> env,
        List<EnvFile> envFiles,
        Set<String> profiles,
        String project,
        Function<String, @Nullable String> beside,
        Set<Liberty> liberties) {

    public ComposeSource {
        env = Map.copyOf(new LinkedHashMap<>(env));
        envFiles = List.copyOf(envFiles);
        profiles = Set.copyOf(new LinkedHashSet<>(profiles));
        liberties = Set.copyOf(liberties);
    }

    /** One that is taken over as it stands there. */
    public ComposeSource(
            String file,
            String text,
            Map<String, String> env,
            List<EnvFile> envFiles,
            Set<String> profiles,
            String project,
            Function<String, @Nullable String> beside) {
        this(file, text, env, envFiles, profiles, project, beside, Set.of());
    }

    /** A file of variables, with its name for what is said of it. */
    public record EnvFile(String name, String text) {}

    /** The one that lies beside a Compose file, or that is given along without a name; null: there is none. */
    public static List<EnvFile> dotEnv(@Nullable String text) {
        return text == null ? List.of() : List.of(new EnvFile(".env", text));
    }

    /** Without anything around it. */
    public static ComposeSource of(String file, String text) {
        return new ComposeSource(file, text, Map.of(), List.of(), Set.of(), "", name -> null);
    }

    /** The same with a project's name. */
    public ComposeSource named(String other) {
        return new ComposeSource(file, text, env, envFiles, profiles, other, beside, liberties);
    }

    /** The same with variables. */
    public ComposeSource with(Map<String, String> variables, @Nullable String fileOfVariables) {
        return new ComposeSource(file, text, variables, dotEnv(fileOfVariables), profiles, project, beside, liberties);
    }

    /** The same with other variables, over the same files. */
    public ComposeSource with(Map<String, String> variables) {
        return new ComposeSource(file, text, variables, envFiles, profiles, project, beside, liberties);
    }

    /** The same with profiles. */
    public ComposeSource in(Set<String> others) {
        return new ComposeSource(file, text, env, envFiles, others, project, beside, liberties);
    }

    /** The same with files beside it. */
    public ComposeSource along(Function<String, @Nullable String> files) {
        return new ComposeSource(file, text, env, envFiles, profiles, project, files, liberties);
    }

    /** The same, with folders beside it as volumes, which begin empty. */
    public ComposeSource foldersAsVolumes() {
        return taking(Set.of(Liberty.FOLDERS_AS_VOLUMES));
    }

    /** The same, with these liberties. */
    public ComposeSource taking(Set<Liberty> others) {
        return new ComposeSource(file, text, env, envFiles, profiles, project, beside, others);
    }
}
