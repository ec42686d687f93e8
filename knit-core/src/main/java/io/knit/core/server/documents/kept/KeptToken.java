package io.knit.core.server.documents.kept;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.command.Caller.Role;
import io.knit.api.command.Token;
import io.knit.core.server.state.KnownToken;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A {@link KnownToken} as it is stored.
 *
 * @param role as a word: of one that this release does not know the holder only sees
 */
public record KeptToken(
        @JsonProperty(required = true) String name,
        @JsonProperty(required = true) String hash,
        String role,
        List<String> deployments,
        @Nullable Instant createdAt,
        String createdBy,
        @Nullable Instant expires) {
    public static KeptToken of(KnownToken it) {
        Token token = it.token();
        return new KeptToken(
                token.name(),
                it.hash(),
                token.role().name().toLowerCase(Locale.ROOT),
                token.deployments(),
                token.createdAt(),
                token.createdBy(),
                token.expires());
    }

    public KnownToken known() {
        Role known = Arrays.stream(Role.values())
                .filter(each -> each.name().equalsIgnoreCase(role))
                .findFirst()
                .orElse(Role.VIEWER);
        Instant created = Objects.requireNonNullElse(createdAt, Instant.EPOCH);
        return new KnownToken(new Token(name, known, deployments, created, createdBy, expires), hash);
    }
}
