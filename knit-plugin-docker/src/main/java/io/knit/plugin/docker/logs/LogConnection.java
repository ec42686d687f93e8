package io.knit.plugin.docker.logs;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.LogContainerCmd;
import com.github.dockerjava.api.model.Frame;
import io.knit.api.spi.runtime.LogLine;
import io.knit.plugin.docker.engine.Engine;
import io.knit.plugin.docker.engine.EngineClients;
import java.io.Closeable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One asking of the engine for what a container wrote, by a connection and a thread of its own. Ends once. */
final class LogConnection implements ResultCallback<Frame> {
    private final Engine engine;
    private final Listener listener;
    private final DockerClient client;
    private final LineAssembly lines = new LineAssembly();
    private final Instant begun = Instant.now();
    private volatile boolean answered;
    private volatile boolean over;

    /** Whose lines they are. On the connection's thread, one call after the other. */
    interface Listener {
        void line(LogConnection from, LogLine line);

        /** It has ended, by a failure or, null, because there is no more. */
        void ended(LogConnection from, @Nullable Throwable why);
    }

    LogConnection(Engine engine, Listener listener) {
        this.engine = engine;
        this.listener = listener;
        this.client = engine.clients().open();
    }

    /** When it was made, by this host's clock: what was written before is read from the engine's files, and without gaps. */
    Instant begun() {
        return begun;
    }

    /** @param since as whole seconds, which is all that the engine takes; earlier ones come too */
    void begin(String containerId, boolean follow, @Nullable Integer tail, @Nullable Instant since) {
        if (over) {
            return;
        }
        LogContainerCmd command = client.logContainerCmd(containerId)
                .withStdOut(true)
                .withStdErr(true)
                .withTimestamps(true)
                .withFollowStream(follow);
        if (tail != null) {
            command.withTail(tail);
        }
        if (since != null) {
            command.withSince((int) Math.max(0, Math.min(Integer.MAX_VALUE, since.getEpochSecond())));
        }
        command.exec(this);
    }

    boolean isAnswered() {
        return answered;
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
        if (line != null && !over) {
            listener.line(this, line);
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

    private void end(@Nullable Throwable why) {
        if (leave()) {
            listener.ended(this, why);
        }
    }

    /** Frees what it took; the listener hears nothing more. Says whether it was open. */
    boolean leave() {
        synchronized (this) {
            if (over) {
                return false;
            }
            over = true;
        }
        EngineClients.close(client);
        return true;
    }
}
