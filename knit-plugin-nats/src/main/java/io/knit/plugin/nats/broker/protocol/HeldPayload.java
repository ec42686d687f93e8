package io.knit.plugin.nats.broker.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A payload, with the line end after it, that is not whole in the read buffer, or so large that subscribers share it
 * instead of each getting a copy.
 */
final class HeldPayload {
    /** From this size on sharing a counted buffer costs less than copying. */
    static final int SHARED = 4096;
    /** What is set aside before the bytes arrive: a client that only announces much costs little. */
    private static final int FIRST = 128 * 1024;

    private static final byte[] NOTHING = new byte[0];

    private final ByteBufAllocator allocator;
    private byte[] line = NOTHING;
    private byte[] small = NOTHING;
    private @Nullable ByteBuf shared;
    private int whole;
    private int present;

    HeldPayload(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    boolean awaited() {
        return whole > 0;
    }

    /** Bytes set aside. From any thread: it may be a moment old. */
    int held() {
        return Math.min(whole, Math.max(FIRST, present));
    }

    boolean isWhole() {
        return present == whole;
    }

    /** Starts to collect so many bytes. */
    void await(int bytes) {
        whole = bytes;
        present = 0;
        if (bytes >= SHARED) {
            shared = allocator.directBuffer(Math.min(bytes, FIRST), bytes);
        } else {
            small = new byte[bytes];
        }
    }

    /** Copies the control line that announced the payload. */
    byte[] keep(byte[] bytes, int start, int end) {
        line = Arrays.copyOfRange(bytes, start, end);
        return line;
    }

    /** Takes what is still missing; gives the position after it. */
    int append(byte[] bytes, int start, int end) {
        int count = Math.min(whole - present, end - start);
        if (shared != null) {
            shared.writeBytes(bytes, start, count);
        } else {
            System.arraycopy(bytes, start, small, present, count);
        }
        present += count;
        return start + count;
    }

    /** Lets a publication point at the whole payload until {@link #release}. */
    void lend(Publication publication) {
        publication.shared = shared;
        publication.array = small;
        publication.arrayStart = 0;
    }

    void release() {
        if (shared != null) {
            shared.release();
            shared = null;
        }
        small = NOTHING;
        line = NOTHING;
        whole = 0;
        present = 0;
    }
}
