package io.knit.core.wire.stream;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a stream. What it sends waits for the other end's allowance, what it takes is never more than it allowed, and an other end that is
 * not heard for {@link #SILENCE} is gone. Only on the loop, but for {@link #arrives}.
 */
public final class StreamEnd {
    /** What may be under way in one direction, in bytes. */
    public static final int WINDOW = 256 * 1024;

    /** The largest piece, in bytes. */
    public static final int PIECE = 32 * 1024;

    /** How often each end says that it is there. */
    static final Duration BEAT = Duration.ofSeconds(3);

    /** After so long without a word of the other end it is over. */
    static final Duration SILENCE = Duration.ofSeconds(10);

    /** Of frames that wait for their turn on the loop, what is no data. */
    private static final int SMALL_TALK = 64 * 1024;

    private final Loop loop;
    private final Consumer<byte[]> out;
    private final StreamListener listener;
    private final Consumer<byte[]> onOver;
    private final SendAccount sending = new SendAccount();
    private final TakeAccount taking;
    private final int most;
    private final AtomicInteger arriving = new AtomicInteger();
    private final Deque<Piece> waiting = new ArrayDeque<>();
    private final byte @Nullable [] asked;

    private Duration heard;
    private Duration beat;
    private boolean answered;
    private boolean behind;
    private boolean theirEnd;
    private boolean over;

    /** The last word, once all is written; null: there may be more, or it was sent. */
    private byte @Nullable [] ending;

    /** Of who asks: what says that no more comes. It may be lost, so it is said with each beat. */
    private byte @Nullable [] ended;

    @Nullable
    private KnitException why;

    private static final class Piece {
        final int channel;
        final byte[] bytes;
        final Promise<Void> sent;

        Piece(int channel, byte[] bytes, Promise<Void> sent) {
            this.channel = channel;
            this.bytes = bytes;
            this.sent = sent;
        }
    }

    /**
     * @param asked of who asks: the frame that does; null: of who gives
     * @param out sends a frame; it may be lost
     * @param onOver is told the last frame when all is over
     */
    StreamEnd(
            Loop loop,
            int window,
            byte @Nullable [] asked,
            Consumer<byte[]> out,
            StreamListener listener,
            Consumer<byte[]> onOver) {
        this.loop = loop;
        this.taking = new TakeAccount(window);
        this.most = window + SMALL_TALK;
        this.asked = asked;
        this.out = out;
        this.listener = listener;
        this.onOver = onOver;
        this.heard = loop.elapsed();
        this.beat = heard;
    }

    /** @param allowed what the other end allowed when it asked */
    void begin(long allowed) {
        sending.allow(allowed);
        speak();
        loop.after(asked == null ? BEAT : BEAT.dividedBy(3), this::beat);
    }

    /** Whether nothing more comes or goes. */
    public boolean isOver() {
        return over;
    }

    /**
     * Sends bytes, in pieces, as the other end allows it.
     *
     * @return succeeds when all were sent, and who has more waits for that; fails if the stream ends before
     */
    public Future<Void> write(int channel, byte[] bytes) {
        if (over || ended != null) {
            return Future.failedFuture(reason());
        }
        Promise<Void> sent = Promise.promise();
        waiting.add(new Piece(channel, bytes, sent));
        pump();
        return sent.future();
    }

    /** Has written all; who gives ends the stream by it, when all was sent. */
    public void end(byte[] lastWord) {
        ending = lastWord;
        pump();
    }

    private void sendEnd(byte[] lastWord) {
        byte[] frame = new StreamFrame(StreamFrame.Kind.END, 0, sending.frames(), lastWord).bytes();
        out.accept(frame);
        if (asked == null) {
            over(new KnitException(ErrorCode.CLOSED, "the stream has ended"), frame);
        } else {
            ended = frame;
        }
    }

    /** Breaks it off; the listener is not told. */
    public void fail(Throwable why) {
        if (!over) {
            byte[] frame = failure(why);
            out.accept(frame);
            over(why instanceof KnitException known ? known : broken(String.valueOf(why.getMessage())), frame);
        }
    }

    /** Breaks it off, and tells the listener too: the process ends. */
    void close(KnitException why) {
        if (!over) {
            fail(why);
            listener.failed(why);
        }
    }

    /** So many bytes that the listener was given are kept no more. */
    public void read(int bytes) {
        taking.read(bytes);
        if (!over && taking.isWorthTelling()) {
            speak();
        }
    }

    /** A frame for this end, on any thread. What is sent beyond all measure waits nowhere. */
    void arrives(byte[] payload) {
        int size = payload.length;
        if (arriving.addAndGet(size) > most) {
            arriving.addAndGet(-size);
            loop.execute(() -> broke("it sent more than it was allowed to"));
            return;
        }
        loop.execute(() -> {
            arriving.addAndGet(-size);
            StreamFrame frame = StreamFrame.of(payload);
            if (frame != null && !over) {
                heard = loop.elapsed();
                answered = true;
                take(frame);
            }
        });
    }

    private void take(StreamFrame frame) {
        switch (frame.kind()) {
            case OPEN -> speak();
            case DATA -> data(frame);
            case ALIVE -> {
                sending.allow(frame.allowed());
                stillThere(frame.number());
                pump();
            }
            case END -> theyEnd(frame);
            case FAIL -> {
                KnitException told = StreamFailure.read(frame.body());
                over(told, failure(told));
                listener.failed(told);
            }
        }
    }

    private void data(StreamFrame frame) {
        switch (taking.take(frame.number(), StreamFrame.HEAD + frame.body().length)) {
            case NEXT -> {
                if (frame.number() == 0) {
                    listener.begun();
                }
                behind = false;
                taking.read(StreamFrame.HEAD);
                listener.data(frame.channel(), frame.body());
            }
            case AGAIN -> {}
            case GAP -> broke("a piece of it was lost on the way");
            case TOO_MUCH -> broke("it sent more than it was allowed to");
        }
    }

    /** What was sent before may come after it; what has not come until the next word never will. */
    private void stillThere(long sent) {
        boolean missing = sent > taking.frames();
        if (missing && behind) {
            broke("a piece of it was lost on the way");
        }
        behind = missing;
    }

    private void theyEnd(StreamFrame frame) {
        if (frame.number() != taking.frames()) {
            broke("a piece of it was lost on the way");
            return;
        }
        if (theirEnd) {
            return;
        }
        theirEnd = true;
        if (taking.frames() == 0) {
            listener.begun();
        }
        if (asked != null) {
            over(new KnitException(ErrorCode.CLOSED, "the stream has ended"), new byte[0]);
        }
        listener.ended(frame.body());
    }

    private void pump() {
        while (!over && !waiting.isEmpty()) {
            Piece next = waiting.element();
            // a head counts, too: many small pieces are not less to keep
            long room = sending.room() - StreamFrame.HEAD;
            if (room <= 0) {
                return;
            }
            int size = (int) Math.min(Math.min(next.bytes.length, PIECE), room);
            waiting.remove();
            boolean whole = size == next.bytes.length;
            byte[] now = whole ? next.bytes : Arrays.copyOf(next.bytes, size);
            out.accept(new StreamFrame(StreamFrame.Kind.DATA, next.channel, sending.spend(StreamFrame.HEAD + size), now)
                    .bytes());
            if (whole) {
                next.sent.complete();
            } else {
                byte[] rest = Arrays.copyOfRange(next.bytes, size, next.bytes.length);
                waiting.addFirst(new Piece(next.channel, rest, next.sent));
            }
        }
        byte[] last = ending;
        if (!over && waiting.isEmpty() && last != null) {
            ending = null;
            sendEnd(last);
        }
    }

    private void beat() {
        if (over) {
            return;
        }
        Duration now = loop.elapsed();
        if (now.minus(beat).compareTo(SILENCE.dividedBy(2)) > 0) {
            // this process stood still: it could hear nobody
            heard = now;
        }
        beat = now;
        if (now.minus(heard).compareTo(SILENCE) >= 0) {
            broke(
                    answered || asked == null
                            ? "nothing was heard of the other end for " + SILENCE.toSeconds() + " s"
                            : "the agent did not answer for " + SILENCE.toSeconds()
                                    + " s; it may be gone, or its NATS does not let it use knit.stream.<node>.*");
            return;
        }
        speak();
        loop.after(answered || asked == null ? BEAT : BEAT.dividedBy(3), this::beat);
    }

    /** Who asks asks again until it is answered; a message may be lost. */
    private void speak() {
        if (asked != null && !answered) {
            out.accept(asked);
        } else {
            out.accept(StreamFrame.alive(sending.frames(), taking.allows()).bytes());
            byte[] said = ended;
            if (said != null) {
                out.accept(said);
            }
        }
    }

    private void broke(String words) {
        if (!over) {
            KnitException told = broken("the stream broke off: " + words);
            byte[] frame = failure(told);
            out.accept(frame);
            over(told, frame);
            listener.failed(told);
        }
    }

    private static KnitException broken(String words) {
        return new KnitException(ErrorCode.TRANSPORT_UNAVAILABLE, words);
    }

    private static byte[] failure(Throwable why) {
        return new StreamFrame(
                        StreamFrame.Kind.FAIL, 0, 0, StreamFailure.of(why).bytes())
                .bytes();
    }

    private void over(KnitException reason, byte[] lastFrame) {
        over = true;
        why = reason;
        onOver.accept(lastFrame);
        waiting.forEach(piece -> piece.sent.fail(reason));
        waiting.clear();
    }

    private KnitException reason() {
        return why == null ? broken("the stream is over") : why;
    }
}
