package io.knit.testkit.runtime;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.LogLine;
import io.knit.api.spi.runtime.LogQuery;
import io.knit.api.spi.runtime.LogReader;
import io.knit.api.spi.runtime.Ongoing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what one container of a {@link FakeEngine} wrote. Everything happens on the engine's loop. */
final class FakeLogs implements Ongoing<Void> {
    private final FakeEngine engine;
    private final String id;
    private final LogQuery query;
    private final LogReader reader;
    private final Promise<Void> ended = Promise.promise();
    private final Runnable waker = this::wake;
    private int next;
    private boolean waits;
    private @Nullable Instant last;

    FakeLogs(FakeEngine engine, String id, LogQuery query, LogReader reader) {
        this.engine = engine;
        this.id = id;
        this.query = query;
        this.reader = reader;
        ended.future().onComplete(any -> engine.noOutput(waker));
        engine.onOutput(waker);
        engine.loop().execute(this::begin);
    }

    private void begin() {
        List<LogLine> all = engine.linesAfter(id, 0);
        Integer tail = query.tail();
        if (all != null && tail != null) {
            next = Math.max(0, all.size() - tail);
        }
        pump();
    }

    private void wake() {
        engine.loop().execute(this::pump);
    }

    private void pump() {
        while (!waits && !ended.future().isComplete()) {
            boolean running = engine.isRunning(id);
            @Nullable List<LogLine> lines = engine.linesAfter(id, next);
            if (lines == null) {
                ended.tryFail(new KnitException(ErrorCode.RUNTIME_REFUSED, "no such container: " + id));
            } else if (!lines.isEmpty()) {
                next++;
                give(lines.get(0));
            } else if (!query.follow() || !running) {
                ended.tryComplete();
            } else {
                return;
            }
        }
    }

    private void give(LogLine line) {
        if (query.since() != null && line.at().isBefore(query.since())) {
            return;
        }
        Instant before = last;
        if (before != null && engine.isGapBefore(id, next - 1)) {
            reader.missed(before, line.at()).onFailure(enough -> cancel());
        }
        last = line.at();
        Future<Void> room = reader.line(line);
        if (room.succeeded()) {
            return;
        }
        waits = true;
        room.onComplete(taken -> engine.loop().execute(() -> {
            waits = false;
            if (taken.failed()) {
                cancel();
            }
            pump();
        }));
    }

    @Override
    public Future<Void> ended() {
        return ended.future();
    }

    @Override
    public void cancel() {
        ended.tryFail(new KnitException(ErrorCode.CLOSED, "the reading was cancelled"));
    }
}
