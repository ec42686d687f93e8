package io.knit.plugin.nats.broker.session;

import io.knit.plugin.nats.broker.protocol.Publication;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The subjects that nats-server keeps for itself. Whoever could name one as a reply would have others' answers sent where they do harm; this
 * broker has neither JetStream nor gateways, but a client is told the same by both.
 */
final class Reserved {
    private static final byte[][] GATEWAYS = {ascii("_GR_."), ascii("$GR.")};
    private static final byte[] JETSTREAM = ascii("$JS.");
    private static final byte[] SERVICES = ascii("_R_.");

    private Reserved() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What the client is to be told instead of what it published; null if it may. */
    static byte @Nullable [] refusal(Publication message) {
        byte[] line = message.line;
        if (isGateway(line, message.subjectStart, message.subjectEnd)) {
            return Session.violation("Publish to \"" + message.subject() + '"');
        }
        boolean reserved = isGateway(line, message.replyStart, message.replyEnd)
                || begins(JETSTREAM, 1, line, message.replyStart, message.replyEnd)
                || begins(SERVICES, 0, line, message.replyStart, message.replyEnd);
        return reserved ? Session.violation("Publish with Reply of \"" + message.reply() + '"') : null;
    }

    private static boolean isGateway(byte[] line, int start, int end) {
        return begins(GATEWAYS[0], 1, line, start, end) || begins(GATEWAYS[1], 1, line, start, end);
    }

    /** @param more how many bytes must follow the prefix at least */
    private static boolean begins(byte[] prefix, int more, byte[] line, int start, int end) {
        if (end - start < prefix.length + more || line[start] != prefix[0]) {
            return false;
        }
        for (int i = 1; i < prefix.length; i++) {
            if (line[start + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
