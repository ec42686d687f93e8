package io.knit.plugin.docker.logs;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.knit.api.spi.runtime.LogLine;
import io.knit.api.spi.runtime.LogQuery;
import io.knit.api.spi.runtime.LogReader;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.plugin.docker.container.ContainerCreation;
import io.knit.plugin.docker.engine.Engine;
import io.knit.plugin.docker.engine.EngineErrors;
import io.knit.plugin.docker.inside.Turn;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The output of one container. The thread that reads waits for the reader, and thereby the engine waits for it: what is not read yet is in the
 * engine's files, not here.
 *
 * <p>Engines that follow lose lines in silence: before 23 they end with the container, whatever is still to be read, and all of them leave files out
 * when they are two files behind. So the end is asked for once more, and where a follower that is behind comes to a step in time, the place is
 * looked for again in the files that there are. Lines that are in none of them any more are told of.
 */
public final class ContainerLogs implements Ongoing<Void>, LogConnection.Listener {
    /** No container writes two of the engine's files full within this time. */
    private static final Duration STEP = Duration.ofMillis(50);

    private static final Duration BEHIND = Duration.ofMillis(100);

    private final Engine engine;
    private final String containerId;
    private final String what;
    private final LogQuery query;
    private final LogReader reader;
    private final LogPlace place = new LogPlace();
    private final Promise<Void> ended = Promise.promise();
    private final Turn turn = new Turn();
    private volatile @Nullable LogConnection connection;
    private volatile boolean over;
    /** Whether it follows, or reads what is there and ends. */
    private volatile boolean following;
    /** Whether what was followed has ended, and only the rest of it is read. */
    private boolean rest;

    /** Whether the line given last came late. */
    private boolean behind;

    public ContainerLogs(Engine engine, String containerId, LogQuery query, LogReader reader) {
        this.engine = engine;
        this.containerId = containerId;
        this.what = "reading what container " + ContainerCreation.shortId(containerId) + " wrote";
        this.query = query;
        this.reader = reader;
        open(query.follow(), query.tail(), query.since());
    }

    private void open(boolean follow, @Nullable Integer tail, @Nullable Instant since) {
        following = follow;
        LogConnection next = new LogConnection(engine, this);
        connection = next;
        if (over) {
            next.leave();
        } else if (engine.after(Duration.ZERO, () -> begin(next, tail, since)) == null) {
            cancel();
        }
    }

    private void begin(LogConnection next, @Nullable Integer tail, @Nullable Instant since) {
        engine.after(engine.deadlines().read(), () -> {
            if (!next.isAnswered() && next.leave()) {
                end(engine.errors().unanswered(what, engine.deadlines().read()));
            }
        });
        next.begin(containerId, following, tail, since);
    }

    @Override
    public void line(LogConnection from, LogLine line) {
        if (over || query.since() != null && line.at().isBefore(query.since())) {
            return;
        }
        Instant last = place.last();
        if (following && behind && isStep(from, last, line.at())) {
            from.leave();
            behind = false;
            open(true, null, place.again());
            return;
        }
        switch (place.take(line)) {
            case HAD -> {}
            case NEXT -> give(reader.line(line), line);
            case AFTER_A_GAP -> {
                if (turn.await(reader.missed(last == null ? line.at() : last, line.at()))) {
                    give(reader.line(line), line);
                } else {
                    cancel();
                }
            }
        }
    }

    private static boolean isStep(LogConnection from, @Nullable Instant last, Instant at) {
        return last != null && at.isAfter(from.begun()) && at.isAfter(last.plus(STEP));
    }

    private void give(Future<Void> taken, LogLine line) {
        behind = following && line.at().isBefore(Instant.now().minus(BEHIND));
        if (!turn.await(taken)) {
            cancel();
        }
    }

    @Override
    public void ended(LogConnection from, @Nullable Throwable why) {
        if (why == null && following && isMoreToExpect()) {
            Instant last = place.last();
            rest = true;
            open(false, last == null ? query.tail() : null, last == null ? query.since() : place.again());
        } else {
            end(rest && isGone(why) ? null : why);
        }
    }

    /** Of a follower that wanted nothing of the past, and to whom nothing came, the place is not known. */
    private boolean isMoreToExpect() {
        return place.last() != null || query.tail() == null || query.tail() > 0;
    }

    /** Somebody has removed it, or does so. */
    private static boolean isGone(@Nullable Throwable why) {
        return why != null
                && (EngineErrors.find(why, NotFoundException.class).isPresent()
                        || EngineErrors.find(why, ConflictException.class).isPresent());
    }

    @Override
    public Future<Void> ended() {
        return ended.future();
    }

    @Override
    public void cancel() {
        end(EngineErrors.closed(what));
    }

    private void end(@Nullable Throwable why) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        turn.end();
        LogConnection last = connection;
        if (last != null) {
            last.leave();
        }
        if (why == null) {
            ended.tryComplete();
        } else {
            ended.tryFail(engine.errors().of(what, why));
        }
    }
}
