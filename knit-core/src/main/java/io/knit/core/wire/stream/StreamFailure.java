package io.knit.core.wire.stream;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.WireCodec;
import java.util.Arrays;

/**
 * Why a stream is over before its end.
 *
 * @param code an error's, as in the API
 * @param message in words
 */
public record StreamFailure(int v, String code, String message) {
    private static final int MOST_WORDS = 1000;

    static StreamFailure of(Throwable why) {
        ErrorCode code = why instanceof KnitException known ? known.code() : ErrorCode.INTERNAL;
        return new StreamFailure(1, code.wireName(), PlainText.of(String.valueOf(why.getMessage()), MOST_WORDS));
    }

    byte[] bytes() {
        return WireCodec.encode(this);
    }

    /** As the other end takes it: a code of a later release is an error of what is asked there. */
    static KnitException read(byte[] body) {
        try {
            StreamFailure failure = WireCodec.decode(body, StreamFailure.class);
            ErrorCode code = Arrays.stream(ErrorCode.values())
                    .filter(known -> known.wireName().equals(failure.code()))
                    .findFirst()
                    .orElse(ErrorCode.RUNTIME_REFUSED);
            return new KnitException(code, PlainText.of(failure.message(), MOST_WORDS));
        } catch (KnitException e) {
            return new KnitException(ErrorCode.TRANSPORT_UNAVAILABLE, "the other end broke the stream off");
        }
    }
}
