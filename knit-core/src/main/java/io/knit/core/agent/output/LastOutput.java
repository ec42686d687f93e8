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
import io.knit.core.wire.asked.LogText;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what a container wrote last while it is removed, and keeps it. Nothing of it makes a removal fail. Only on the loop. */
public final class LastOutput {
    /** Of each instance, in bytes. */
    static final int MOST = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(LastOutput.class);
    /** More than 1 MiB of them are long ones. */
    private static final int LINES = 20_000;
    /** A removal waits no longer for what has ended to be read. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Future<Void> ROOM = Future.succeededFuture();

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final OutputFolder folder;

    public LastOutput(Loop loop, ContainerRuntime runtime, OutputFolder folder) {
        this.loop = loop;
        this.runtime = runtime;
        this.folder = folder;
    }

    /** Removes a container; one that runs is followed until its end, of one that has ended everything is read before. */
    public Future<Void> around(ContainerSnapshot container, Supplier<Future<Void>> removal) {
        String instance = container.labels().get(KnitLabels.INSTANCE);
        if (!(runtime instanceof LogsAbility able)
                || instance == null
                || container.state() == ContainerState.CREATED
                || container.state() == ContainerState.DEAD) {
            return removal.get();
        }
        boolean runs = container.state() != ContainerState.EXITED;
        Newest newest = new Newest();
        Ongoing<Void> reading = able.logs(container.id(), new LogQuery(runs, LINES, null), newest);
        Future<Void> removed = runs ? removal.get() : atLast(reading).compose(read -> removal.get());
        return removed.onSuccess(done -> atLast(reading).onSuccess(read -> keep(instance, newest.bytes())))
                .onFailure(why -> reading.cancel());
    }

    /** Succeeds when it has ended, however, or was given up. */
    private Future<Void> atLast(Ongoing<Void> reading) {
        Promise<Void> over = Promise.promise();
        Loop.Timer timer = loop.after(PATIENCE, reading::cancel);
        loop.bring(reading.ended()).onComplete(any -> {
            timer.cancel();
            over.complete();
        });
        return over.future();
    }

    private void keep(String instance, byte[] lines) {
        if (lines.length > 0) {
            loop.<Void>blocking(() -> {
                        folder.write(instance, lines, loop.now());
                        return null;
                    })
                    .onFailure(e -> LOG.warn("what {} wrote last can't be kept: {}", instance, e.toString()));
        }
    }

    /** The last lines, on any thread. */
    private static final class Newest implements LogReader {
        private final Deque<byte[]> lines = new ArrayDeque<>();
        private int size;

        @Override
        public synchronized Future<Void> line(LogLine line) {
            byte[] bytes = LogText.bytes(line);
            lines.add(bytes);
            size += bytes.length;
            while (size > MOST) {
                size -= lines.remove().length;
            }
            return ROOM;
        }

        synchronized byte[] bytes() {
            ByteArrayOutputStream all = new ByteArrayOutputStream(size);
            lines.forEach(all::writeBytes);
            return all.toByteArray();
        }
    }
}
