package io.knit.plugin.wgmesh.socket;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends a line over a new connection to the daemon's socket and gives the line that comes back. */
public final class MeshSocket {
    private final Vertx vertx;
    private final Path path;
    private final Duration deadline;
    private final NetClient client;
    private final AtomicLong ids = new AtomicLong();

    public MeshSocket(Vertx vertx, Path path, Duration deadline) {
        this.vertx = vertx;
        this.path = path;
        this.deadline = deadline;
        this.client = vertx.createNetClient(new NetClientOptions().setConnectTimeout((int) deadline.toMillis()));
    }

    public long nextId() {
        return ids.incrementAndGet();
    }

    /**
     * Makes one call.
     *
     * @param read makes the result of the answer's line
     */
    public <T> Future<T> exchange(Buffer line, Function<Buffer, Future<T>> read) {
        Promise<T> outcome = Promise.promise();
        long timer = vertx.setTimer(
                deadline.toMillis(),
                id -> outcome.tryFail(
                        new MeshProtocolException("did not answer within " + deadline.toMillis() / 1000.0 + " s")));
        connect()
                .compose(socket -> {
                    // whatever comes first, the answer or the deadline, ends the connection
                    outcome.future().onComplete(done -> socket.close());
                    return answer(socket, line);
                })
                .compose(read)
                .onComplete(result -> {
                    if (result.succeeded()) {
                        outcome.tryComplete(result.result());
                    } else {
                        outcome.tryFail(result.cause());
                    }
                });
        return outcome.future()
                .andThen(done -> vertx.cancelTimer(timer))
                .recover(failure -> Future.failedFuture(unavailable(failure)));
    }

    /** The client throws, rather than fails, when it is closed. */
    private Future<NetSocket> connect() {
        try {
            return client.connect(SocketAddress.domainSocketAddress(path.toString()));
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private static Future<Buffer> answer(NetSocket socket, Buffer line) {
        LineReader reader = new LineReader();
        socket.handler(reader::take);
        socket.exceptionHandler(reader::fail);
        socket.closeHandler(closed -> reader.end());
        socket.write(line).onFailure(reader::fail);
        return reader.line();
    }

    private KnitException unavailable(Throwable failure) {
        return new KnitException(
                ErrorCode.DISCOVERY_UNAVAILABLE, "the wg-mesh daemon at " + path + " " + words(failure), failure);
    }

    private static String words(Throwable failure) {
        if (failure instanceof MeshProtocolException) {
            return String.valueOf(failure.getMessage());
        }
        String text = chain(failure);
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("no such file")) {
            return "is not there: its socket does not exist; start the daemon, or give its socket by --wg-mesh-socket";
        }
        if (lower.contains("connection refused")) {
            return "is not running: nobody listens on its socket; start the daemon";
        }
        if (lower.contains("permission denied")) {
            return "can't be asked: permission denied; run this as the daemon's user or as root";
        }
        return "can't be asked: " + text;
    }

    private static String chain(@Nullable Throwable failure) {
        StringBuilder text = new StringBuilder();
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 5; depth++) {
            text.append(depth == 0 ? "" : ": ").append(cause.getMessage());
            cause = cause.getCause();
        }
        return text.toString();
    }

    public Future<Void> close() {
        return client.close();
    }
}
