package io.knit.plugin.nats.broker.protocol;

import java.nio.charset.StandardCharsets;

/**
 * Composes the line before a payload, {@code MSG subject sid [reply] size}. Beginning and end are the same for all subscribers
 * of a message and put together once; then each subscriber costs two small copies.
 */
public final class MessageHead {
    private static final byte[] MSG = "MSG ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HMSG = "HMSG ".getBytes(StandardCharsets.US_ASCII);
    private static final int BESIDES = 64;

    private final byte[] bytes;
    private final byte[] end;
    private int sidAt;
    private int endLength;

    public MessageHead(int maxControlLine) {
        bytes = new byte[3 * maxControlLine + BESIDES]; // subject, sid and end: each once came within a control line
        end = new byte[maxControlLine + BESIDES];
    }

    /** Begins the line for clients that get the message as it is. */
    public void begin(Publication message) {
        boolean headers = message.headerLength > 0;
        beginLine(headers ? HMSG : MSG, message);
        if (headers) {
            end(message.line, message.headerSizeStart, message.headerSizeEnd);
            end[endLength++] = ' ';
        }
        end(message.line, message.sizeStart, message.sizeEnd);
        endLine();
    }

    /** Begins the line for clients that understand no headers and get the payload alone. */
    public void beginWithoutHeaders(Publication message) {
        beginLine(MSG, message);
        byte[] size = Integer.toString(message.length - message.headerLength).getBytes(StandardCharsets.US_ASCII);
        end(size, 0, size.length);
        endLine();
    }

    /** Completes the line for a subscription; gives its length in {@link #bytes}. */
    public int complete(byte[] sid) {
        System.arraycopy(sid, 0, bytes, sidAt, sid.length);
        int position = sidAt + sid.length;
        System.arraycopy(end, 0, bytes, position, endLength);
        return position + endLength;
    }

    public byte[] bytes() {
        return bytes;
    }

    private void beginLine(byte[] word, Publication message) {
        System.arraycopy(word, 0, bytes, 0, word.length);
        int subject = message.subjectEnd - message.subjectStart;
        System.arraycopy(message.line, message.subjectStart, bytes, word.length, subject);
        sidAt = word.length + subject;
        bytes[sidAt++] = ' ';
        end[0] = ' ';
        endLength = 1;
        if (message.wantsAnswer()) {
            end(message.line, message.replyStart, message.replyEnd);
            end[endLength++] = ' ';
        }
    }

    private void endLine() {
        end[endLength++] = '\r';
        end[endLength++] = '\n';
    }

    private void end(byte[] source, int from, int to) {
        System.arraycopy(source, from, end, endLength, to - from);
        endLength += to - from;
    }
}
