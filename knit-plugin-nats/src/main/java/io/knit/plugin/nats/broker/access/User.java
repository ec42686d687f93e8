package io.knit.plugin.nats.broker.access;

import java.util.Objects;

/**
 * Somebody whom the broker knows.
 *
 * @param name for logs and monitoring; not a secret
 * @param limits what the user may take of the broker
 */
public record User(String name, Permissions permissions, Limits limits) {
    /** Everybody, where the broker asks nobody who he is. */
    public static final User ANYBODY = new User("", Permissions.ALL);

    public User {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(permissions, "permissions");
        Objects.requireNonNull(limits, "limits");
    }

    /** A user whom only the broker's settings bound. */
    public User(String name, Permissions permissions) {
        this(name, permissions, Limits.NONE);
    }
}
