package io.knit.core.agent.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.LogLine;
import io.knit.api.spi.runtime.LogQuery;
import io.knit.api.spi.runtime.LogReader;
import io.knit.api.spi.runtime.LogsAbility;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.core.agent.output.Readings;
import io.knit.core.wire.asked.LogRange;
import io.knit.core.wire.asked.LogText;
import io.knit.core.wire.stream.StreamEnd;
import io.knit.core.wire.stream.StreamListener;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * What one container writes, on its way into a stream: lines gather while the stream has no room, up to a piece, and then the runtime waits.
 * Lines come on the runtime's threads, all else is on the loop.
 */
final class LogGiving implements LogReader, StreamListener {
    private static final Future<Void> ROOM = Future.succeededFuture();

    private final Loop loop;
    private final StreamEnd end;
    private final LogQuery query;
    private final @Nullable Instant after;
    private final boolean gaps;
    private final Readings readings;

    private @Nullable Ongoing<Void> reading;
    private Readings.@Nullable Reading noted;

    // guarded by this
    private ByteArrayOutputStream gathered = new ByteArrayOutputStream();
    private @Nullable Promise<Void> room;
    private boolean flushing;
    private boolean over;

    /**
     * @param readings is told that this one reads
     * @throws KnitException with {@code INVALID_VALUE} if the range is none
     */
    LogGiving(Loop loop, StreamEnd end, LogRange range, Readings readings) {
        this.loop = loop;
        this.end = end;
        this.query = query(range);
        this.after = range.after() ? time(range.since()) : null;
        this.gaps = Boolean.TRUE.equals(range.gaps());
        this.readings = readings;
    }

    private static LogQuery query(LogRange range) {
        Integer tail = range.tail();
        if (tail != null && tail < 0) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "tail is below 0");
        }
        return new LogQuery(range.follow(), tail, time(range.since()));
    }

    private static @Nullable Instant time(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "since is no time", e);
        }
    }

    void begin(LogsAbility able, String container) {
        if (end.isOver()) {
            return;
        }
        // that there is something to read is said before the first line, which may be long in coming
        end.write(0, new byte[0]);
        Readings.Reading one = readings.begin(container);
        noted = one;
        Ongoing<Void> begun = able.logs(container, query, this);
        reading = begun;
        loop.bring(begun.ended()).onComplete(result -> {
            one.ended();
            if (result.failed()) {
                end.fail(result.cause());
                stop();
            } else {
                finish();
            }
        });
    }

    @Override
    public synchronized Future<Void> line(LogLine line) {
        if (over) {
            return Future.failedFuture(new KnitException(ErrorCode.CLOSED, "nobody reads on"));
        }
        if (after != null && !line.at().isAfter(after)) {
            return ROOM;
        }
        gathered.writeBytes(LogText.bytes(line));
        if (!flushing) {
            flushing = true;
            loop.execute(this::flush);
        }
        if (gathered.size() < StreamEnd.PIECE) {
            return ROOM;
        }
        if (room == null) {
            room = Promise.promise();
        }
        return room.future();
    }

    @Override
    public synchronized Future<Void> missed(Instant lastGiven, Instant next) {
        if (gaps && !over) {
            // the line that follows sends it, and waits for both
            gathered.writeBytes(LogText.gap(lastGiven, next));
        }
        return ROOM;
    }

    private void flush() {
        byte[] bytes;
        Promise<Void> waiting;
        synchronized (this) {
            bytes = gathered.toByteArray();
            gathered = new ByteArrayOutputStream();
            waiting = room;
            room = null;
            flushing = bytes.length > 0;
        }
        if (waiting != null) {
            waiting.complete();
        }
        if (bytes.length > 0) {
            end.write(0, bytes)
                    .onSuccess(sent -> {
                        if (noted != null) {
                            noted.progressed();
                        }
                        flush();
                    })
                    .onFailure(why -> stop());
        }
    }

    /** Everything was read; the rest goes out, and then the end. */
    private void finish() {
        byte[] rest;
        synchronized (this) {
            rest = gathered.toByteArray();
            gathered = new ByteArrayOutputStream();
        }
        end.write(0, rest).onSuccess(sent -> end.end(new byte[0]));
        stop();
    }

    private void stop() {
        Promise<Void> waiting;
        synchronized (this) {
            over = true;
            waiting = room;
            room = null;
        }
        if (waiting != null) {
            waiting.fail(new KnitException(ErrorCode.CLOSED, "nobody reads on"));
        }
        if (reading != null) {
            reading.cancel();
        }
        if (noted != null) {
            noted.ended();
        }
    }

    @Override
    public void data(int channel, byte[] bytes) {
        end.read(bytes.length);
    }

    @Override
    public void ended(byte[] lastWord) {}

    @Override
    public void failed(KnitException why) {
        stop();
    }
}
