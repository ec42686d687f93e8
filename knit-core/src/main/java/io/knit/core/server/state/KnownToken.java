package io.knit.core.server.state;

import io.knit.api.command.Caller;
import io.knit.api.command.Token;
import io.knit.api.command.TokenText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;

/**
 * A token, and by what it is recognized.
 *
 * @param hash of {@link TokenText}
 */
public record KnownToken(Token token, String hash) {
    /** Compared with where there is no token of the name, so that this takes as long as where there is one. */
    private static final String NOBODYS = TokenText.hash("");

    /**
     * Who shows this text at this time; empty: it is worth nothing.
     *
     * @param from where from, for people
     */
    public static Optional<Caller> callerBy(String text, String from, ClusterState state, Instant now) {
        KnownToken known =
                TokenText.nameIn(text).map(name -> state.tokens().get(name)).orElse(null);
        boolean same = MessageDigest.isEqual(
                TokenText.hash(text).getBytes(StandardCharsets.US_ASCII),
                (known == null ? NOBODYS : known.hash()).getBytes(StandardCharsets.US_ASCII));
        return known != null && same && known.token().isValid(now)
                ? Optional.of(new Caller(
                        known.token().name(),
                        known.token().role(),
                        from,
                        known.token().deployments()))
                : Optional.empty();
    }

    /** What is shown of the others is not by what they are recognized. */
    @Override
    public String toString() {
        return token.toString();
    }
}
