package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A version of a variable, secret or file that an order reads, or the {@linkplain #login login} of a registry, or the {@linkplain #image image} of an instance.
 *
 * @param kind {@code var}, {@code secret}, {@code file}, {@code registry} or {@code image}
 * @param body Base64: what it holds, or of a secret the box that the agent's key opens, {@link #about} being what it is about; null: it is only named here
 * @param refused why the server does not give it; null: it does, or was not asked yet
 */
public record ReadValue(
        @JsonProperty(required = true) String kind,
        @JsonProperty(required = true) String name,
        @JsonProperty(required = true) int version,
        @Nullable String body,
        @Nullable String refused) {
    private static final String IMAGE = "image";
    private static final Set<String> SEALED = Set.of("secret", "registry");

    public ReadValue {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
    }

    /**
     * One that is only named.
     *
     * @param at {@code kind/name}
     */
    public static ReadValue named(String at, int version) {
        int slash = at.indexOf('/');
        return new ReadValue(at.substring(0, slash), at.substring(slash + 1), version, null, null);
    }

    /**
     * As whom images of a registry are pulled, in the version that is the newest when it is asked for. No order names it.
     *
     * @param host as images begin with it
     */
    public static ReadValue login(String host) {
        return new ReadValue("registry", host, 0, null, null);
    }

    /** The digest of the image that all instances of an instance's revision run, as its body as it is. No order names it. */
    public static ReadValue image(String instance) {
        return new ReadValue(IMAGE, instance, 0, null, null);
    }

    /** The instance whose image a key asks for; null: it asks for something else. */
    public static @Nullable String instanceOf(String key) {
        return key.startsWith(IMAGE + "/") && key.endsWith("/0")
                ? key.substring(IMAGE.length() + 1, Math.max(IMAGE.length() + 1, key.length() - 2))
                : null;
    }

    /** {@code kind/name}. */
    public String at() {
        return kind + "/" + name;
    }

    /** {@code kind/name/version}: what it is called where each version is another. */
    public String key() {
        return at() + "/" + version;
    }

    /** Whether its body is a box. */
    public boolean isSealed() {
        return SEALED.contains(kind);
    }

    /** What its box is about. */
    public String about() {
        return "knit value " + key();
    }

    public ReadValue named() {
        return body == null && refused == null ? this : new ReadValue(kind, name, version, null, null);
    }

    public ReadValue with(String given) {
        return new ReadValue(kind, name, version, given, null);
    }

    /** It is not given. */
    public ReadValue refused(String why) {
        return new ReadValue(kind, name, version, null, why);
    }

    /** Without the body. */
    @Override
    public String toString() {
        return "ReadValue[" + key() + "]";
    }
}
