package io.knit.core.server.http.request;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** Unpacks no more than it is allowed to, whatever the packed bytes promise. */
final class Gzip {
    private Gzip() {}

    /**
     * @throws KnitException {@code TOO_LARGE} once it is clear that more than {@code max} bytes would come
     */
    static byte[] unpack(byte[] packed, int max) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            byte[] plain = in.readNBytes(max + 1);
            if (plain.length > max) {
                throw new KnitException(
                        ErrorCode.TOO_LARGE,
                        "the body is larger than " + (max >> 20) + " MiB when unpacked; send a smaller one");
            }
            return plain;
        } catch (IOException e) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the body is not what Content-Encoding: gzip says, or broke off; pack it again or send it as it is",
                    e);
        }
    }
}
