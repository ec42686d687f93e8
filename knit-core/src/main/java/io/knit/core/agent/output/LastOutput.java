package io.knit.core.agent.output;

import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.LogLine;
import io.knit.api.spi.runtime.LogQuery;
import io.knit.api.spi.runtime.LogReader;
import io.knit.api.spi.runtime.LogsAbility;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.core.loop.WaitingLine;
import io.knit.core.wire.asked.LogText;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a container wrote last when it is to be removed, and keeps it; and lets those who read it have everything before. Nothing of it makes
 * a removal fail, or holds one up for ever. Only on the loop.
 */
public final class LastOutput {
    /** Of what each instance wrote, in bytes; what is kept beside each line is not counted. */
    static final int MOST = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(LastOutput.class);
    /** Of short ones it is not {@link #MOST}; with what is beside each these are not twice as much. Also of one that writes on while it is removed. */
    static final int LINES = 20_000;
    /** So many are read and kept at a time, each up to twice {@link #MOST} in memory: a node has hundreds, and an undeploy ends them at once. */
    static final int AT_A_TIME = 16;
    /** A removal waits no longer for what has ended to be read. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A reader who passes nothing on from one look to the next is not waited for. */
    static final Duration STALLED = Duration.ofSeconds(5);

    /** Longer than what an engine keeps takes on a slow line; then the container is removed under whoever still reads. */
    static final Duration READERS = Duration.ofSeconds(60);

    static final Duration CLEANING = Duration.ofHours(6);

    private static final Future<Void> ROOM = Future.succeededFuture();

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final OutputFolder folder;
    private final Readings readings;
    private final SecretMask.Masking masking;
    private final WaitingLine line = new WaitingLine(AT_A_TIME);
    private boolean stopped;
    private Loop.@Nullable Timer next;

    /**
     * @param readings who else reads
     * @param masking of what is told, not of what is kept
     */
    public LastOutput(
            Loop loop, ContainerRuntime runtime, OutputFolder folder, Readings readings, SecretMask.Masking masking) {
        this.loop = loop;
        this.runtime = runtime;
        this.folder = folder;
        this.readings = readings;
        this.masking = masking;
    }

    /** Lets go of what was kept for long enough, now and from time to time until {@link #stop}, also where nothing new is kept. */
    public void cleanNowAndThen() {
        if (stopped) {
            return;
        }
        loop.<Void>blocking(() -> {
                    folder.clean(loop.now());
                    return null;
                })
                .onFailure(e -> LOG.warn("what was kept of outputs can't be cleared: {}", e.toString()));
        next = loop.after(CLEANING, this::cleanNowAndThen);
    }

    /** Clears nothing any more by itself. */
    public void stop() {
        stopped = true;
        if (next != null) {
            next.cancel();
        }
    }

    /** How a container goes. */
    public interface Leave {
        /** Ends what runs and leaves it there; null: that can't be done without removing it. */
        @Nullable
        Future<Void> end();

        /** Removes it, whatever it does. */
        Future<Void> remove();
    }

    /**
     * Ends a container, has everybody read all that it wrote, and removes it. Its end waits for nobody where it can be ended apart: only what is
     * over is read then, when its turn comes.
     */
    public Future<Void> around(ContainerSnapshot container, Leave leave) {
        String instance = container.labels().get(KnitLabels.INSTANCE);
        if (!(runtime instanceof LogsAbility able)
                || instance == null
                || container.labels().containsKey(KnitLabels.PART)
                || container.state() == ContainerState.CREATED
                || container.state() == ContainerState.DEAD) {
            return leave.remove();
        }
        String id = container.id();
        Future<Void> ended = container.state() == ContainerState.EXITED ? Future.<Void>succeededFuture() : leave.end();
        return ended == null
                ? line.take(() -> {
                    Newest newest = new Newest();
                    Ongoing<Void> reading = read(able, id, new LogQuery(true, LINES, null), newest);
                    return leave.remove()
                            .onFailure(why -> reading.cancel())
                            .compose(done -> keepAtLast(instance, newest, reading));
                })
                : ended.compose(done -> line.take(() -> {
                            Newest newest = new Newest();
                            return keepAtLast(
                                    instance, newest, read(able, id, new LogQuery(false, LINES, null), newest));
                        }))
                        .compose(kept -> others(id))
                        .compose(read -> leave.remove());
    }

    /** One that a runtime does not even begin, but throws, is one that failed. */
    private static Ongoing<Void> read(LogsAbility able, String container, LogQuery query, LogReader reader) {
        try {
            return able.logs(container, query, reader);
        } catch (RuntimeException e) {
            LOG.warn("what container {} wrote can't be read: {}", container, e.toString());
            return new Never(Future.failedFuture(e));
        }
    }

    private record Never(Future<Void> ended) implements Ongoing<Void> {
        @Override
        public void cancel() {}
    }

    private Future<Void> keepAtLast(String instance, Newest newest, Ongoing<Void> reading) {
        return atLast(reading).compose(read -> keep(instance, newest, reading));
    }

    /** By which it takes secrets out of what it tells. */
    public SecretMask.Masking masking() {
        return masking;
    }

    /** The last lines of a container of an instance that has failed, with line feeds between, without its secrets; empty: there are none, or they can't be had. */
    public Future<String> lastLines(String instance, String container) {
        if (!(runtime instanceof LogsAbility able)) {
            return Future.succeededFuture("");
        }
        return masking.of(instance).compose(mask -> {
            LastLines last = new LastLines(mask);
            return atLast(read(able, container, new LogQuery(false, LastLines.COUNT, null), last))
                    .map(read -> last.text());
        });
    }

    /** Succeeds when it has ended, however, or was given up. */
    private Future<Void> atLast(Ongoing<Void> reading) {
        Promise<Void> over = Promise.promise();
        Loop.Timer timer = loop.after(PATIENCE, () -> {
            reading.cancel();
            over.tryComplete();
        });
        loop.bring(reading.ended()).onComplete(any -> {
            timer.cancel();
            over.tryComplete();
        });
        return over.future();
    }

    /** Succeeds when nobody reads any more, or nobody whom it is worth to wait for. */
    private Future<Void> others(String container) {
        Future<Void> over = readings.over(container);
        if (!over.isComplete()) {
            readings.leaveTheStalled(container);
            lookAfter(container, over, loop.elapsed().plus(READERS));
        }
        return loop.bring(over);
    }

    private void lookAfter(String container, Future<Void> over, Duration until) {
        loop.after(STALLED, () -> {
            if (over.isComplete()) {
                return;
            }
            if (loop.elapsed().compareTo(until) < 0) {
                readings.leaveTheStalled(container);
                lookAfter(container, over, until);
            } else {
                LOG.info("container {} is removed while it is being read", container);
                readings.leaveAll(container);
            }
        });
    }

    /** Succeeds when that is done, or can't be. That nothing was written is kept, too: who asks is told so, and not that it is gone. */
    private Future<Void> keep(String instance, Newest newest, Ongoing<Void> reading) {
        List<byte[]> lines = newest.taken();
        if (lines.isEmpty() && !reading.ended().succeeded()) {
            return Future.succeededFuture();
        }
        return loop.<Void>blocking(() -> {
                    folder.write(instance, lines, loop.now());
                    return null;
                })
                .otherwise(e -> {
                    LOG.warn("what {} wrote last can't be kept: {}", instance, e.toString());
                    return null;
                });
    }

    /** The last lines, on any thread. */
    private static final class Newest implements LogReader {
        private final Deque<byte[]> lines = new ArrayDeque<>();
        private int size;
        private boolean over;

        @Override
        public synchronized Future<Void> line(LogLine line) {
            if (over) {
                return ROOM;
            }
            byte[] bytes = LogText.bytes(line);
            lines.add(bytes);
            size += LogText.written(bytes);
            while (size > MOST || lines.size() > LINES) {
                size -= LogText.written(lines.remove());
            }
            return ROOM;
        }

        /** Gives them, and has none from then on, whatever a reading that was given up still brings. */
        synchronized List<byte[]> taken() {
            over = true;
            List<byte[]> all = List.copyOf(lines);
            lines.clear();
            return all;
        }
    }
}
