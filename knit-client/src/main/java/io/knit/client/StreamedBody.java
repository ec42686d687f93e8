package io.knit.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An answer that comes bit by bit: reading it fails after a silence that no server keeps that is there, for of one that is gone without a word nothing else
 * tells. What comes as things happen has words in it also where nothing does; of what may rightly be still for long, somebody asks whether its server is
 * there. An interrupt ends it, too, which the JDK's own stream passes over before
 * Java 20 (JDK-8294047). The connection is closed with it, which is for who reads. Read by one thread; closed by any.
 */
final class StreamedBody extends InputStream implements BodySubscriber<InputStream> {
    private static final List<ByteBuffer> END = List.of(ByteBuffer.allocate(0));

    /** So often a silence may go on: no work is still for longer than an hour by those of 30 s. */
    static final int MOST_SILENCES = 120;

    private final Duration silence;
    private final BooleanSupplier goesOn;
    /** The piece that was asked for, and the end. */
    private final BlockingQueue<List<ByteBuffer>> pieces = new ArrayBlockingQueue<>(2);

    // of the thread that reads
    private Iterator<ByteBuffer> piece = Collections.emptyIterator();
    private ByteBuffer current = ByteBuffer.allocate(0);
    private boolean over;

    // guarded by this
    private @Nullable Subscription source;
    private @Nullable Throwable failure;
    private boolean closed;

    /** @param silence after so long without a byte its server counts as gone */
    StreamedBody(Duration silence) {
        this(silence, () -> false);
    }

    /**
     * @param silence after so long without a byte it is asked
     * @param goesOn whether its server is there, so that the silence may go on; asked by who reads
     */
    StreamedBody(Duration silence, BooleanSupplier goesOn) {
        this.silence = silence;
        this.goesOn = goesOn;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Subscription made) {
        synchronized (this) {
            if (!closed) {
                source = made;
            }
        }
        if (isClosed()) {
            made.cancel();
        } else {
            made.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        pieces.add(bytes);
    }

    @Override
    public void onError(Throwable why) {
        synchronized (this) {
            failure = why;
        }
        onComplete();
    }

    @Override
    public void onComplete() {
        pieces.offer(END);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
        Objects.checkFromIndexSize(at, length, into.length);
        if (length == 0) {
            return 0;
        }
        while (!current.hasRemaining()) {
            if (isClosed()) {
                throw new IOException("it was closed");
            } else if (over) {
                return -1;
            } else if (piece.hasNext()) {
                current = piece.next();
            } else {
                take(awaited());
            }
        }
        int count = Math.min(length, current.remaining());
        current.get(into, at, count);
        return count;
    }

    private List<ByteBuffer> awaited() throws IOException {
        try {
            for (int silences = 0; silences < MOST_SILENCES; silences++) {
                List<ByteBuffer> next = pieces.poll(silence.toNanos(), TimeUnit.NANOSECONDS);
                if (next == null && !goesOn.getAsBoolean()) {
                    next = pieces.poll();
                    silences = MOST_SILENCES;
                }
                if (next != null) {
                    return next;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
        throw silent(silence);
    }

    private void take(List<ByteBuffer> next) throws IOException {
        Subscription from;
        synchronized (this) {
            if (next == END && failure != null) {
                // that of the JDK's thread says nothing of who read
                throw new IOException(failure.getMessage(), failure);
            }
            from = source;
        }
        if (next == END) {
            over = true;
            ended();
        } else if (from != null) {
            piece = next.iterator();
            from.request(1);
        }
    }

    /** The connection is free for the next request by then. */
    private synchronized void ended() {
        source = null;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        Subscription from;
        synchronized (this) {
            closed = true;
            from = source;
            source = null;
        }
        if (from != null) {
            from.cancel();
        }
        // for who waits at this moment
        pieces.offer(END);
    }

    /** What is said of a server that kept still for so long. */
    static IOException silent(Duration silence) {
        return new IOException("nothing was heard for " + silence.toSeconds() + " s");
    }
}
