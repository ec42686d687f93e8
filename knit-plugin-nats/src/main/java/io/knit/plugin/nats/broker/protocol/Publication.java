package io.knit.plugin.nats.broker.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way through: where its parts lie. Subject, reply and sizes stay where the client's control line is; the
 * payload and the line end after it lie either in an array (small ones) or in one counted buffer that all subscribers share.
 * One per parser, used over and over, valid only during the call it is handed to.
 */
public final class Publication {
    private static final byte[] NOTHING = new byte[0];

    public byte[] line = NOTHING;
    public int subjectStart;
    public int subjectEnd;
    public int replyStart;
    public int replyEnd;
    /** The sizes as the client wrote them; they are passed on as they are. */
    int headerSizeStart;

    int headerSizeEnd;
    int sizeStart;
    int sizeEnd;
    /** Bytes of header at the payload's beginning; 0 if there is none. */
    public int headerLength;
    /** Bytes of header and payload. */
    public int length;

    public byte[] array = NOTHING;
    public int arrayStart;

    @Nullable
    public ByteBuf shared;

    /** Reads {@code subject [reply] size}, with headers {@code subject [reply] header size}; false if that is not what the line says. */
    boolean read(ControlLine words, boolean headers) {
        int sizes = headers ? 2 : 1;
        int count = words.count();
        if (count != sizes + 1 && count != sizes + 2) {
            return false;
        }
        boolean answer = count == sizes + 2;
        line = words.bytes();
        subjectStart = words.start(0);
        subjectEnd = words.end(0);
        replyStart = answer ? words.start(1) : 0;
        replyEnd = answer ? words.end(1) : 0;
        length = words.number(count - 1);
        headerLength = headers ? words.number(count - 2) : 0;
        headerSizeStart = words.start(count - 2);
        headerSizeEnd = words.end(count - 2);
        sizeStart = words.start(count - 1);
        sizeEnd = words.end(count - 1);
        return length >= 0 && headerLength >= 0 && headerLength <= length;
    }

    public boolean wantsAnswer() {
        return replyEnd > replyStart;
    }

    public String subject() {
        return new String(line, subjectStart, subjectEnd - subjectStart, StandardCharsets.ISO_8859_1);
    }

    public String reply() {
        return new String(line, replyStart, replyEnd - replyStart, StandardCharsets.ISO_8859_1);
    }
}
