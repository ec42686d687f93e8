package io.knit.api.model;

import java.util.Objects;

/**
 * A secret that the server keeps ({@code PUT /secrets/{name}}), as a file in the container's memory.
 *
 * @param name of the secret
 * @param target absolute path in the container, or a file's name below {@code /run/secrets}; empty: the secret's name
 * @param mode who may read it, in octal digits as {@code chmod} takes them
 * @param uid number of its owner, 0 and more
 * @param gid number of its group, 0 and more
 */
public record SecretMount(String name, String target, String mode, int uid, int gid) {
    /** Everybody in the container may read it, and nobody write. */
    public static final String MODE = "0444";

    private static final String FOLDER = "/run/secrets/";

    public SecretMount {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(mode, "mode");
    }

    /** Under its name below {@code /run/secrets}. */
    public static SecretMount of(String name) {
        return new SecretMount(name, "", MODE, 0, 0);
    }

    /** The absolute path in the container. */
    public String path() {
        if (target.startsWith("/")) {
            return target;
        }
        return FOLDER + (target.isEmpty() ? name : target);
    }
}
