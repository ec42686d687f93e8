package io.knit.core.server.http.access;

import io.knit.api.command.TokenText;
import io.knit.api.spi.loop.IdSource;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Browsers whose visitor has shown a token: a random word in a cookie stands for it. They end with the server, and after {@link #LIFE}; and what their token is worth is asked
 * at each request anew. Lives on one context.
 */
final class Sessions {
    static final Duration LIFE = Duration.ofHours(12);
    /** The oldest makes room. */
    static final int MOST = 1_000;

    private static final int WORD = 50;

    private final IdSource ids;
    /** By the word's hash, so that how long a look takes tells nothing of a word; oldest first. */
    private final Map<String, Session> byHash = new LinkedHashMap<>();

    private record Session(String token, Duration ends) {}

    /** @param ids what nobody can guess */
    Sessions(IdSource ids) {
        this.ids = ids;
    }

    /** The word for the cookie. */
    String begin(String token, Duration now) {
        byHash.values().removeIf(session -> session.ends().compareTo(now) <= 0);
        Iterator<Session> oldest = byHash.values().iterator();
        while (byHash.size() >= MOST) {
            oldest.next();
            oldest.remove();
        }
        String word = ids.next(WORD);
        byHash.put(TokenText.hash(word), new Session(token, now.plus(LIFE)));
        return word;
    }

    /** The token that was shown; null: there is no such session any more. */
    @Nullable
    String token(String word, Duration now) {
        Session session = byHash.get(TokenText.hash(word));
        return session == null || session.ends().compareTo(now) <= 0 ? null : session.token();
    }

    void end(String word) {
        byHash.remove(TokenText.hash(word));
    }

    /** For tests. */
    int size() {
        return byHash.size();
    }
}
