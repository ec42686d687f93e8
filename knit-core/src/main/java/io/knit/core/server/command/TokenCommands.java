package io.knit.core.server.command;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Token;
import io.knit.api.command.TokenText;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.KnownToken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What commands about tokens change (pure). */
final class TokenCommands {
    /** More than anybody looks after; all are in the server's memory. */
    static final int MOST = 1_000;

    static final int MOST_PATTERNS = 32;
    static final Duration SHORTEST = Duration.ofMinutes(1);
    static final Duration LONGEST = Duration.ofDays(3_660);

    private static final Pattern GLOB = Pattern.compile("[a-z0-9*-]{1,63}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private TokenCommands() {}

    static Decision<Token> create(ClusterState state, Command.CreateToken create, Caller caller, Instant now) {
        check(create);
        KnownToken known = state.tokens().get(create.name());
        if (known != null && known.token().isValid(now)) {
            throw KnitException.at(
                    "/name",
                    ErrorCode.IN_USE,
                    "there is a token " + create.name() + " already; give another name, or revoke that one first");
        }
        List<Change> changes = expired(state, reached(state, now));
        if (state.tokens().size() - changes.size() >= MOST) {
            changes = expired(state, now);
        }
        if (state.tokens().size() - changes.size() >= MOST) {
            throw new KnitException(
                    ErrorCode.IN_USE,
                    "there are " + MOST + " tokens, which is all the server keeps; revoke what nobody uses");
        }
        Instant expires = create.life() == null ? null : now.plus(create.life());
        Token token = new Token(create.name(), create.role(), create.deployments(), now, caller.name(), expires);
        changes.add(new Change.PutToken(new KnownToken(token, create.hash())));
        return new Decision<>(changes, token);
    }

    /** What is worth nothing any more is kept no longer than until the next one is made. */
    private static List<Change> expired(ClusterState state, Instant at) {
        List<Change> changes = new ArrayList<>();
        state.tokens().values().stream()
                .filter(old -> !old.token().isValid(at))
                .forEach(old -> changes.add(new Change.RemoveToken(old.token().name())));
        return changes;
    }

    /**
     * What a wrong clock can't be ahead of: the time for which servers were there. Who only seems to be expired is refused until the clock is right, and
     * not removed for ever, as long as there is room.
     */
    private static Instant reached(ClusterState state, Instant now) {
        return state.served().equals(Instant.EPOCH) || now.isBefore(state.served()) ? now : state.served();
    }

    private static void check(Command.CreateToken create) {
        if (!TokenText.isName(create.name())) {
            throw invalid(
                    "/name",
                    "a token's name has 1 to 63 of a-z, 0-9 and -, and begins and ends with a letter or digit; write one such as ci");
        }
        if (create.deployments().isEmpty() || create.deployments().size() > MOST_PATTERNS) {
            throw invalid(
                    "/deployments",
                    "give 1 to " + MOST_PATTERNS + " names of deployments, such as web-*, or * for all of them");
        }
        for (int i = 0; i < create.deployments().size(); i++) {
            if (!GLOB.matcher(create.deployments().get(i)).matches()) {
                throw invalid(
                        "/deployments/" + i,
                        "this is no name of a deployment, in which * stands for any letters; write one such as web-*");
            }
        }
        Duration life = create.life();
        if (life != null && (life.compareTo(SHORTEST) < 0 || life.compareTo(LONGEST) > 0)) {
            throw invalid("/ttl", "a token lives for a minute to ten years, or for ever; give a time such as 30d");
        }
        if (!HASH.matcher(create.hash()).matches()) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "the hash of a token is no SHA-256");
        }
    }

    private static KnitException invalid(String pointer, String words) {
        return KnitException.at(pointer, ErrorCode.INVALID_VALUE, words);
    }

    static Decision<Token> revoke(ClusterState state, String name) {
        KnownToken known = state.tokens().get(name);
        if (known == null) {
            throw new KnitException(ErrorCode.NOT_FOUND, "there is no such token; GET /tokens lists all");
        }
        return new Decision<>(List.of(new Change.RemoveToken(name)), known.token());
    }
}
