package io.knit.api.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The only exception that Knit's futures fail with on purpose. Its message is a sentence for a user: what was wrong,
 * where, and what to do. It never holds a secret.
 */
public class KnitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final @Nullable String pointer;

    public KnitException(ErrorCode code, String message) {
        this(code, message, null, null);
    }

    public KnitException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, null, cause);
    }

    private KnitException(ErrorCode code, String message, @Nullable String pointer, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        this.code = Objects.requireNonNull(code, "code");
        this.pointer = pointer;
    }

    /** An error of one field of the request, {@code pointer} being its JSON pointer (RFC 6901): {@code /ports/0/host_ip}. */
    public static KnitException at(String pointer, ErrorCode code, String message) {
        return new KnitException(code, message, Objects.requireNonNull(pointer, "pointer"), null);
    }

    public ErrorCode code() {
        return code;
    }

    /** The JSON pointer of the wrong field, or null where no single field is at fault; {@code ""} is the whole document. */
    public @Nullable String pointer() {
        return pointer;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), code.wireName());
    }
}
