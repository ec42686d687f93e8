package io.knit.plugin.nats.broker.access;

import java.util.Objects;

/**
 * Somebody whom the broker knows.
 *
 * @param name for logs and monitoring; not a secret
 * @param limits what the user may take of the broker
 * @param spared whether its clients stay when too much is held for all clients together, and others go; their own limits hold. For one that all
 *     others are there for
 */
public record User(String name, Permissions permissions, Limits limits, boolean spared) {
    /** Everybody, where the broker asks nobody who he is. */
    public static final User ANYBODY = new User("", Permissions.ALL);

    public User {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(permissions, "permissions");
        Objects.requireNonNull(limits, "limits");
    }

    /** A user who is not spared. */
    public User(String name, Permissions permissions, Limits limits) {
        this(name, permissions, limits, false);
    }

    /** A user whom only the broker's settings bound. */
    public User(String name, Permissions permissions) {
        this(name, permissions, Limits.NONE);
    }
}
