package io.knit.api.command;

import io.knit.api.command.Caller.Role;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A token as everybody may know it: not what it is recognized by.
 *
 * @param name DNS label (RFC 1123); what its holder does is remembered under it
 * @param deployments as {@link Caller#deployments}
 * @param createdBy the name of who made it
 * @param expires from when on it is worth nothing; null: never
 */
public record Token(
        String name,
        Role role,
        List<String> deployments,
        Instant createdAt,
        String createdBy,
        @Nullable Instant expires) {
    public Token {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(role, "role");
        deployments = List.copyOf(deployments);
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(createdBy, "createdBy");
    }

    /** Whether it is worth something at this time. */
    public boolean isValid(Instant now) {
        return expires == null || now.isBefore(expires);
    }
}
