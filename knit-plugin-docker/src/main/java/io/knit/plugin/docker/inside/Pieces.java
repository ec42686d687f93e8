package io.knit.plugin.docker.inside;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/** What is written, as docker-java reads it. A piece was passed on when the next one is wanted. */
final class Pieces extends InputStream {
    private final InputQueue from;
    private InputQueue.@Nullable Piece piece;
    private int at;

    Pieces(InputQueue from) {
        this.from = from;
    }

    /** The engine answered, whatever follows. */
    void enough() {
        InputQueue.Piece now = piece;
        if (now != null) {
            now.passed().tryComplete();
        }
        from.enough();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        InputQueue.Piece now = piece;
        while (now == null || at == now.bytes().length) {
            if (now != null) {
                now.passed().tryComplete();
            }
            now = next();
            piece = now;
            at = 0;
            if (now == null) {
                return -1;
            }
        }
        int count = Math.min(length, now.bytes().length - at);
        System.arraycopy(now.bytes(), at, into, offset, count);
        at += count;
        return count;
    }

    private InputQueue.@Nullable Piece next() throws IOException {
        try {
            InputQueue.Piece next = from.take();
            if (next == null && from.isClosed()) {
                throw new IOException("nobody sends it any more");
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}
