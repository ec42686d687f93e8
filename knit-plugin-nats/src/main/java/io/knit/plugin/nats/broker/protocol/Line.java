package io.knit.plugin.nats.broker.protocol;

import java.nio.charset.StandardCharsets;

/** A line of the broker's own as it goes to a client: every character is one byte. */
public final class Line {
    private Line() {}

    /** @param text with the line end */
    public static byte[] of(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
