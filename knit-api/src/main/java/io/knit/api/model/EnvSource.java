package io.knit.api.model;

import java.util.Objects;
import java.util.stream.Stream;

/**
 * Environment of a container that the server keeps: one of a variable, a secret and a file. What {@code env} says of the same name goes first, then what stands later.
 *
 * @param var name of a variable; empty: it is none
 * @param secret name of a secret; empty: it is none. Who may ask the engine sees it in the container's environment
 * @param file name of a file; empty: it is none
 * @param env the environment variable that becomes its content. Empty: of a variable its own name; a secret or file has lines {@code KEY=value}
 */
public record EnvSource(String var, String secret, String file, String env) {
    public EnvSource {
        Objects.requireNonNull(var, "var");
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(env, "env");
    }

    public static EnvSource ofVar(String name) {
        return new EnvSource(name, "", "", "");
    }

    /** @param env the environment variable; empty: the secret has lines {@code KEY=value} */
    public static EnvSource ofSecret(String name, String env) {
        return new EnvSource("", name, "", env);
    }

    /** @param env the environment variable; empty: the file has lines {@code KEY=value} */
    public static EnvSource ofFile(String name, String env) {
        return new EnvSource("", "", name, env);
    }

    /** How many it names: one is right. */
    public int named() {
        return (int) Stream.of(var, secret, file).filter(it -> !it.isEmpty()).count();
    }

    /** The environment variable that becomes the whole content; empty: its lines are variables. */
    public String variable() {
        return env.isEmpty() ? var : env;
    }
}
