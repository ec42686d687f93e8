package io.knit.plugin.docker.inside;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.LogContainerCmd;
import com.github.dockerjava.api.model.Frame;
import io.knit.api.spi.runtime.LogLine;
import io.knit.api.spi.runtime.LogQuery;
import io.knit.api.spi.runtime.LogReader;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.plugin.docker.container.ContainerCreation;
import io.knit.plugin.docker.engine.Engine;
import io.knit.plugin.docker.engine.EngineClients;
import io.knit.plugin.docker.engine.EngineErrors;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.Closeable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The output of one container, by a connection and a thread of its own. The thread waits for the reader, and thereby the engine waits for it: what
 * is not read yet is in the engine's files, not here.
 */
public final class ContainerLogs implements Ongoing<Void>, ResultCallback<Frame> {
    private final Engine engine;
    private final String what;
    private final LogQuery query;
    private final LogReader reader;
    private final DockerClient client;
    private final LineAssembly lines = new LineAssembly();
    private final Promise<Void> ended = Promise.promise();
    private final Turn turn = new Turn();
    private volatile boolean answered;
    private volatile boolean over;

    public ContainerLogs(Engine engine, String containerId, LogQuery query, LogReader reader) {
        this.engine = engine;
        this.what = "reading what container " + ContainerCreation.shortId(containerId) + " wrote";
        this.query = query;
        this.reader = reader;
        this.client = engine.clients().open();
        if (engine.after(Duration.ZERO, () -> begin(containerId)) == null) {
            cancel();
        }
    }

    private void begin(String containerId) {
        if (over) {
            return;
        }
        engine.after(engine.deadlines().read(), this::endIfSilent);
        LogContainerCmd command = client.logContainerCmd(containerId)
                .withStdOut(true)
                .withStdErr(true)
                .withTimestamps(true)
                .withFollowStream(query.follow());
        if (query.tail() != null) {
            command.withTail(query.tail());
        }
        if (query.since() != null) {
            // whole seconds are all that it takes; what is too early is left out here
            command.withSince(
                    (int) Math.max(0, Math.min(Integer.MAX_VALUE, query.since().getEpochSecond())));
        }
        command.exec(this);
    }

    @Override
    public void onStart(Closeable stream) {
        answered = true;
    }

    @Override
    public void onNext(Frame frame) {
        LineAssembly.pieces(frame).forEach(piece -> give(lines.with(piece)));
    }

    private void give(@Nullable LogLine line) {
        if (line != null && !over && (query.since() == null || !line.at().isBefore(query.since()))) {
            if (!turn.await(reader.line(line))) {
                cancel();
            }
        }
    }

    @Override
    public void onError(Throwable thrown) {
        end(thrown);
    }

    @Override
    public void onComplete() {
        for (LogLine line = lines.rest(); line != null; line = lines.rest()) {
            give(line);
        }
        end(null);
    }

    /** What docker-java calls when it is done. */
    @Override
    public void close() {
        end(null);
    }

    @Override
    public Future<Void> ended() {
        return ended.future();
    }

    @Override
    public void cancel() {
        end(EngineErrors.closed(what));
    }

    private void endIfSilent() {
        if (!answered) {
            end(engine.errors().unanswered(what, engine.deadlines().read()));
        }
    }

    private void end(@Nullable Throwable why) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        turn.end();
        EngineClients.close(client);
        if (why == null) {
            ended.tryComplete();
        } else {
            ended.tryFail(engine.errors().of(what, why));
        }
    }
}
