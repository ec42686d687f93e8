package io.knit.plugin.docker.engine;

import com.fasterxml.jackson.core.JacksonException;
import com.github.dockerjava.api.exception.DockerException;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Turns what docker-java throws into Knit's errors, in sentences. */
public final class EngineErrors {
    private static final Pattern STATUS = Pattern.compile("^Status \\d{3}: ");
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final int LONGEST = 300;

    private final EngineAddress address;

    public EngineErrors(EngineAddress address) {
        this.address = address;
    }

    /** @param what the call, as in "starting container web-0": it follows "for" and "refused" */
    public KnitException of(String what, Throwable thrown) {
        if (thrown instanceof KnitException known) {
            return known;
        }
        Optional<DockerException> answer = find(thrown, DockerException.class);
        if (answer.isPresent()) {
            return new KnitException(
                    ErrorCode.RUNTIME_REFUSED,
                    "The Docker Engine refused " + what + ": " + message(answer.get()),
                    thrown);
        }
        if (!isConnection(thrown)) {
            return new KnitException(
                    ErrorCode.RUNTIME_UNAVAILABLE,
                    "What listens at " + address + " gave an answer to " + what + " that is not the Docker Engine's; "
                            + address.advice(),
                    thrown);
        }
        return new KnitException(
                ErrorCode.RUNTIME_UNAVAILABLE,
                "The Docker Engine at " + address + " can't be reached for " + what + " (" + root(thrown) + "); "
                        + address.advice(),
                thrown);
    }

    /** Of a call in whose middle the engine hung up, after it had answered: it does so, too, where it says why to somebody who is still sending. */
    public KnitException brokenOff(String what, Throwable thrown) {
        if (!isConnection(thrown) || thrown instanceof KnitException) {
            return of(what, thrown);
        }
        return new KnitException(
                ErrorCode.RUNTIME_UNAVAILABLE,
                "The Docker Engine at " + address + " broke off " + what + " (" + root(thrown)
                        + "): it ended, or could not go on, as where its disk is full; its log says which",
                thrown);
    }

    /** Whether the way to the engine broke. Jackson's are of the same family, but tell of what came in, not of the way. */
    static boolean isConnection(Throwable thrown) {
        return find(thrown, IOException.class).isPresent()
                && find(thrown, JacksonException.class).isEmpty();
    }

    public KnitException unanswered(String what, Duration deadline) {
        return new KnitException(
                ErrorCode.RUNTIME_UNAVAILABLE,
                "The Docker Engine at " + address + " did not answer " + what + " within " + words(deadline)
                        + "; if this goes on, restart it");
    }

    KnitException refusedUnasked(String what, String trouble) {
        return new KnitException(
                ErrorCode.RUNTIME_UNAVAILABLE,
                "The Docker Engine at " + address + " does not answer (" + trouble + " got no answer), so " + what
                        + " was not tried; if this goes on, restart it");
    }

    static KnitException waitedTooLong(String what, Duration wait) {
        return new KnitException(
                ErrorCode.BUSY, what + " waited " + words(wait) + " behind others of its kind and was not begun");
    }

    public static KnitException closed(String what) {
        return new KnitException(ErrorCode.CLOSED, "The container runtime is closed, so " + what + " was not done");
    }

    /** What the engine said, in one line of at most {@value #LONGEST} characters. */
    public static String message(DockerException answer) {
        return cut(whole(answer));
    }

    /** What the engine said, in one line. */
    public static String whole(DockerException answer) {
        String text = STATUS.matcher(String.valueOf(answer.getMessage())).replaceFirst("");
        try {
            text = new JsonObject(text).getString("message", text);
        } catch (DecodeException | ClassCastException e) {
            // not the engine's usual {"message": …}: the text itself says what there is to say
        }
        return flat(text);
    }

    public static String oneLine(String text) {
        return cut(flat(text));
    }

    private static String flat(String text) {
        return BLANKS.matcher(text).replaceAll(" ").strip();
    }

    /** Loses the front: each layer that passes a message on puts its own words before it, so the cause stands last. */
    public static String cut(String line) {
        return line.length() <= LONGEST ? line : "…" + line.substring(line.length() - LONGEST + 1);
    }

    /** The first of a type in a chain of causes. */
    public static <T> Optional<T> find(Throwable thrown, Class<T> type) {
        Throwable at = thrown;
        for (int depth = 0; at != null && depth < 20; depth++, at = at.getCause()) {
            if (type.isInstance(at)) {
                return Optional.of(type.cast(at));
            }
        }
        return Optional.empty();
    }

    private static String root(Throwable thrown) {
        Throwable at = thrown;
        for (int depth = 0; at.getCause() != null && depth < 20; depth++) {
            at = at.getCause();
        }
        String message = at.getMessage();
        return oneLine(message == null ? at.getClass().getSimpleName() : message);
    }

    private static String words(Duration duration) {
        return duration.toMillis() < 10_000
                ? duration.toMillis() + " ms"
                : duration.toSeconds() < 180 ? duration.toSeconds() + " s" : duration.toMinutes() + " minutes";
    }
}
