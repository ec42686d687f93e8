package io.knit.core;

import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.compose.ComposeSource;
import io.knit.core.server.http.json.ComposeReader;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Compose file, for who embeds a server: to specs, which are deployed one after the other, or all at once as a {@link KnitStack}. Nothing but what is given is looked at: no file, no
 * environment. Immutable.
 *
 * <pre>{@code
 * for (DeploymentSpec spec : ComposeFile.of(text).project("shop").env(System.getenv()).specs()) {
 *     server.deploy(spec);
 * }
 * }</pre>
 */
public final class ComposeFile {
    private final ComposeSource source;

    private ComposeFile(ComposeSource source) {
        this.source = source;
    }

    /** The file's text, as YAML. */
    public static ComposeFile of(String text) {
        return new ComposeFile(ComposeSource.of("compose.yaml", Objects.requireNonNull(text, "text")));
    }

    /** With the project's name, which is the stack of all its deployments. */
    public ComposeFile project(String name) {
        return new ComposeFile(source.named(Objects.requireNonNull(name, "name")));
    }

    /** With variables. */
    public ComposeFile env(Map<String, String> variables) {
        return new ComposeFile(source.with(variables));
    }

    /** With the text of a file of variables, as {@code .env} is one; what {@link #env} has goes before it. */
    public ComposeFile envFile(String text) {
        return new ComposeFile(source.with(source.env(), Objects.requireNonNull(text, "text")));
    }

    /** With services of these profiles, too. */
    public ComposeFile profiles(Set<String> names) {
        return new ComposeFile(source.in(names));
    }

    /** With files beside it. @param texts what is in a file, by its name as this file has it; null: there is none */
    public ComposeFile beside(Function<String, @Nullable String> texts) {
        return new ComposeFile(source.along(Objects.requireNonNull(texts, "texts")));
    }

    /** With folders beside it, such as {@code ./data}, as volumes, which begin empty; without it they are refused. */
    public ComposeFile foldersAsVolumes() {
        return new ComposeFile(source.foldersAsVolumes());
    }

    /**
     * A spec for each service, so that each comes after what it depends on.
     *
     * @throws io.knit.api.error.KnitException all that can't be taken over, with its lines and what to write instead
     */
    public List<DeploymentSpec> specs() {
        return read().specs();
    }

    ComposeReader.Read read() {
        return ComposeReader.read(source);
    }

    /** What is good to know of what was taken over, with its lines. Throws as {@link #specs}. */
    public List<String> remarks() {
        return read().stack().findings().stream().map(Object::toString).toList();
    }
}
