package io.knit.plugin.nats.broker.protocol;

import io.netty.buffer.ByteBufAllocator;

/**
 * Finds operations in whatever pieces the bytes arrive in. What lies whole in the read buffer is parsed where it lies;
 * only a line or payload cut by the buffer's end is copied, into {@link HeldLine} and {@link HeldPayload}. Belongs to one
 * connection and its event loop.
 */
public final class ProtocolParser {
    private static final int LINE_END = 2;

    private final Operations operations;
    private final int maxControlLine;
    private final ControlLine words = new ControlLine();
    private final Publication publication = new Publication();
    private final HeldLine line;
    private final HeldPayload payload;
    private boolean stopped;

    public ProtocolParser(Operations operations, int maxControlLine, ByteBufAllocator allocator) {
        this.operations = operations;
        this.maxControlLine = maxControlLine;
        this.line = new HeldLine(maxControlLine);
        this.payload = new HeldPayload(allocator);
    }

    /** Ignores everything from now on and gives back what is held. */
    public void stop() {
        stopped = true;
        line.clear();
        payload.release();
    }

    /** Bytes set aside for a payload that is not whole yet. Roughly, from any thread. */
    public int held() {
        return payload.held();
    }

    /** Takes nothing more for now: {@link #parse} ends after the operation at hand. */
    public void pause() {
        stopped = true;
    }

    /** Goes on after a {@link #pause}. */
    public void resume() {
        stopped = false;
    }

    /** Whether the next byte begins an operation. */
    public boolean isBetweenOperations() {
        return line.isEmpty() && !payload.awaited();
    }

    /** Parses bytes that the caller may overwrite afterwards; gives the position after those it took. */
    public int parse(byte[] bytes, int start, int end) {
        int position = start;
        while (position < end && !stopped) {
            if (payload.awaited()) {
                position = morePayload(bytes, position, end);
            } else if (!line.isEmpty()) {
                position = moreLine(bytes, position, end);
            } else {
                position = operation(bytes, position, end);
            }
        }
        return position;
    }

    private int moreLine(byte[] bytes, int position, int end) {
        int next = line.append(bytes, position, end);
        if (line.isWhole()) {
            // the payload, if any, follows in the bytes at hand: none of it is held with the line
            operation(line.bytes(), 0, line.length());
            line.clear();
        } else {
            checkUnfinished(line.bytes(), 0, line.length());
        }
        return next;
    }

    /** Handles the operation that begins at a position; gives where the next begins. */
    private int operation(byte[] bytes, int position, int end) {
        Operation operation = Operation.at(bytes, position, end);
        if (operation == Operation.UNKNOWN) {
            return violation(Violation.UNKNOWN_OPERATION, end);
        }
        int arguments = position + operation.length();
        int lineFeed = operation == Operation.UNFINISHED ? -1 : words.scan(bytes, arguments, end);
        if (lineFeed < 0) {
            return hold(bytes, position, end);
        }
        if (operation.rest != Operation.Rest.IGNORED && tooLong(bytes, arguments, lineFeed)) {
            return violation(Violation.CONTROL_LINE, end);
        }
        return switch (operation) {
            case PUB -> publish(false, bytes, position, lineFeed + 1, end);
            case HPUB -> publish(true, bytes, position, lineFeed + 1, end);
            default -> {
                simple(operation, bytes, arguments, lineFeed);
                yield lineFeed + 1;
            }
        };
    }

    private void simple(Operation operation, byte[] bytes, int arguments, int lineFeed) {
        switch (operation) {
            case CONNECT -> operations.connect(bytes, arguments, lineFeed);
            case SUB -> operations.subscribe(words);
            case UNSUB -> operations.unsubscribe(words);
            case PING -> operations.ping();
            case PONG -> operations.pong();
            case ERR -> operations.violation(Violation.ARGUMENTS);
            case INFO, OK, PUB, HPUB, UNKNOWN, UNFINISHED -> {
                // a client's +OK and INFO are ignored; the rest never comes here
            }
        }
    }

    private int publish(boolean headers, byte[] bytes, int lineStart, int body, int end) {
        if (!publication.read(words, headers)) {
            return violation(Violation.ARGUMENTS, end);
        }
        if (!operations.announced(publication, headers)) {
            return end;
        }
        int whole = publication.length + LINE_END;
        if (end - body >= whole) {
            publication.array = bytes;
            publication.arrayStart = body;
            if (whole >= HeldPayload.SHARED) {
                payload.await(whole);
                return morePayload(bytes, body, end);
            }
            return deliver(body + whole, end);
        }
        holdLine(bytes, lineStart, body, headers);
        payload.await(whole);
        return body;
    }

    // the read buffer is overwritten before the payload is whole, so what the publication points at must be kept
    private void holdLine(byte[] bytes, int lineStart, int lineEnd, boolean headers) {
        byte[] copy = payload.keep(bytes, lineStart, lineEnd);
        words.scan(copy, headers ? Operation.HPUB.length() : Operation.PUB.length(), lineEnd - lineStart);
        publication.read(words, headers);
    }

    private int morePayload(byte[] bytes, int position, int end) {
        int next = payload.append(bytes, position, end);
        if (!payload.isWhole()) {
            return next;
        }
        payload.lend(publication);
        try {
            return deliver(next, end);
        } finally {
            publication.shared = null;
            payload.release();
        }
    }

    private int deliver(int next, int end) {
        if (!endsInLineEnd()) {
            return violation(Violation.UNKNOWN_OPERATION, end);
        }
        operations.publish(publication);
        return next;
    }

    private boolean endsInLineEnd() {
        int at = publication.length;
        if (publication.shared != null) {
            return publication.shared.getByte(at) == '\r' && publication.shared.getByte(at + 1) == '\n';
        }
        int lineEnd = publication.arrayStart + at;
        return publication.array[lineEnd] == '\r' && publication.array[lineEnd + 1] == '\n';
    }

    private int hold(byte[] bytes, int position, int end) {
        line.append(bytes, position, end);
        checkUnfinished(line.bytes(), 0, line.length());
        return end;
    }

    // an unknown word and an endless line are seen at once, not when their line ends
    private void checkUnfinished(byte[] bytes, int start, int end) {
        Operation operation = Operation.at(bytes, start, end);
        if (operation == Operation.UNKNOWN) {
            violation(Violation.UNKNOWN_OPERATION, end);
        } else if (operation.rest == Operation.Rest.IGNORED && operation != Operation.UNFINISHED) {
            line.shorten(operation.length());
        } else if (line.isFull() || tooLong(bytes, start + operation.length(), end)) {
            violation(Violation.CONTROL_LINE, end);
        }
    }

    /** Whether the arguments, without blanks before and the carriage return after them, are over the limit. */
    private boolean tooLong(byte[] bytes, int arguments, int lineEnd) {
        if (lineEnd - arguments <= maxControlLine) {
            return false;
        }
        int start = arguments;
        while (start < lineEnd && (bytes[start] == ' ' || bytes[start] == '\t')) {
            start++;
        }
        int end = lineEnd > start && bytes[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
        return end - start > maxControlLine;
    }

    private int violation(Violation violation, int end) {
        operations.violation(violation);
        stop();
        return end;
    }
}
