package io.knit.plugin.nats.broker.access;

import java.util.Objects;

/**
 * Somebody whom the broker knows.
 *
 * @param name for logs and monitoring; not a secret
 */
public record User(String name, Permissions permissions) {
    /** Everybody, where the broker asks nobody who he is. */
    public static final User ANYBODY = new User("", Permissions.ALL);

    public User {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(permissions, "permissions");
    }
}
