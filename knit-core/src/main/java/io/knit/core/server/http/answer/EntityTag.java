package io.knit.core.server.http.answer;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By which a client that has an answer already is spared it. Tags are weak: the same JSON is packed in one way or another. Where what is shown
 * has a revision, its tag begins with that, and {@code If-Match} takes it.
 */
public final class EntityTag {
    /** Of a digest, so many bytes tell two answers of one path apart. */
    private static final int BYTES = 9;

    private EntityTag() {}

    /** Of an answer that is whole in memory. */
    public static String of(byte[] body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java has SHA-256", e);
        }
    }

    /**
     * Puts it into the answer's head.
     *
     * @param opaque letters, digits and {@code . _ -}
     * @return whether the client has this answer already; then it is ended, with 304
     */
    public static boolean settles(HttpServerRequest request, String opaque) {
        String tag = "W/\"" + opaque + "\"";
        HttpServerResponse response = request.response();
        response.putHeader("ETag", tag);
        if (!isKnown(request.headers().getAll("If-None-Match"), tag)) {
            return false;
        }
        response.setStatusCode(304).end();
        return true;
    }

    /**
     * Numbers what is shown: what equals the last that was shown has its number. For what a revision does not tell apart, as why an instance waits,
     * which is stored nowhere. Thread-safe.
     */
    public static final class Edition {
        private @Nullable Object last;
        private long number;

        public synchronized long of(Object shown) {
            if (!shown.equals(last)) {
                last = shown;
                number++;
            }
            return number;
        }
    }

    private static boolean isKnown(List<String> headers, String tag) {
        return headers.stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(String::strip)
                .anyMatch(known -> known.equals("*") || known.equals(tag) || ("W/" + known).equals(tag));
    }
}
