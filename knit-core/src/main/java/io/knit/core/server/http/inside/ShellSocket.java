package io.knit.core.server.http.inside;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.KnitException;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.connection.Unread;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.inside.Pipe;
import io.knit.core.server.inside.PipeReader;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.CommandEnd;
import io.knit.core.wire.asked.ShellAsked;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A command in an instance and the WebSocket of who talks to it. The first byte of each binary message says what it is: 0 what the command
 * reads, 1 and 2 what it writes, 3 how it ended (JSON, the last message), 4 its terminal's size (JSON), 255 that channel 0 has ended. Each
 * direction waits for the other end. Pings show whether anybody is there. What the agent says comes from the loop of streams; all else is on
 * the HTTP server's context.
 */
final class ShellSocket implements PipeReader {
    private static final int STATUS = 3;
    private static final int END_OF_INPUT = 255;
    private static final short NORMAL = 1000;
    private static final short NOT_TAKEN = 1003;
    private static final short BROKEN = 1011;

    private final Vertx vertx;
    private final Context context;
    private final RoutingContext ctx;
    private final BooleanSupplier standing;
    private final long pingMillis;
    private final Runnable onBegin;
    private final Runnable onEnd;

    private @Nullable Pipe pipe;
    /** What comes before the WebSocket is there waits for it. */
    private final Promise<ServerWebSocket> socket = Promise.promise();

    private boolean begun;
    /** The WebSocket has taken the connection's place. */
    private boolean talking;

    private boolean over;
    private boolean heard = true;
    /** The command has not taken what came last. Until it has, no more is read, a pong neither, which may be behind what waits to be: that nothing is heard tells nothing. */
    private boolean holding;

    private long timer = -1;

    /**
     * Of a request.
     *
     * @param standing whether who asked may still be there
     * @param ping how often it is asked whether anybody is
     * @param onBegin is run when the WebSocket is there
     */
    ShellSocket(
            Vertx vertx,
            Context context,
            RoutingContext ctx,
            BooleanSupplier standing,
            Duration ping,
            Runnable onBegin,
            Runnable onEnd) {
        this.vertx = vertx;
        this.context = context;
        this.ctx = ctx;
        this.standing = standing;
        this.pingMillis = ping.toMillis();
        this.onBegin = onBegin;
        this.onEnd = onEnd;
    }

    /** The request stands still until the agent has begun: before, a refusal is an answer as any. */
    void opens(Pipe asked) {
        pipe = asked;
        ctx.addEndHandler(ended -> {
            if (!begun) {
                end();
            }
        });
    }

    @Override
    public void begun() {
        context.runOnContext(now -> {
            if (!over && !begun) {
                begun = true;
                ctx.request().toWebSocket().onSuccess(this::talk).onFailure(why -> {
                    socket.tryFail(why);
                    end();
                });
            }
        });
    }

    private void talk(ServerWebSocket opened) {
        talking = true;
        onBegin.run();
        opened.closeHandler(closed -> {
            end();
            vertx.cancelTimer(timer);
        });
        opened.exceptionHandler(why -> end());
        opened.pongHandler(pong -> heard = true);
        opened.textMessageHandler(text -> opened.close(NOT_TAKEN, "send binary messages"));
        opened.binaryMessageHandler(message -> take(opened, message));
        if (over) {
            awaitItsEnd();
        } else {
            timer = vertx.setPeriodic(pingMillis, tick -> ping(opened));
        }
        opened.resume();
        socket.complete(opened);
    }

    private void take(ServerWebSocket from, Buffer message) {
        heard = true;
        Pipe to = pipe;
        if (to == null || over || message.length() == 0 || !stands()) {
            return;
        }
        int channel = message.getUnsignedByte(0);
        if (channel == END_OF_INPUT) {
            to.end();
        } else if (channel == ShellAsked.INPUT || channel == ShellAsked.RESIZE) {
            holding = true;
            from.pause();
            to.write(channel, message.getBytes(1, message.length()))
                    .onComplete(sent -> context.runOnContext(now -> {
                        holding = false;
                        heard = true;
                        from.resume();
                    }));
        } else {
            from.close(NOT_TAKEN, "there is no channel " + channel);
        }
    }

    private void ping(ServerWebSocket to) {
        if (!stands()) {
            return;
        }
        if (heard || holding) {
            heard = false;
            to.writePing(Buffer.buffer("knit")).onFailure(why -> end());
        } else {
            to.close(BROKEN, "nothing was heard");
            end();
        }
    }

    @Override
    public Future<Void> bytes(int channel, byte[] bytes) {
        if (bytes.length == 0) {
            return Future.succeededFuture();
        }
        Promise<Void> taken = Promise.promise();
        context.runOnContext(now -> {
            Future<Void> sent = over || !stands() ? Future.succeededFuture() : send(channel, bytes);
            sent.onComplete(taken);
        });
        return taken.future();
    }

    private Future<Void> send(int channel, byte[] bytes) {
        Buffer message =
                Buffer.buffer(bytes.length + 1).appendByte((byte) channel).appendBytes(bytes);
        return socket.future().compose(to -> to.writeBinaryMessage(message));
    }

    @Override
    public void ended(byte[] lastWord) {
        context.runOnContext(now -> {
            if (over || !stands()) {
                return;
            }
            ObjectNode status;
            try {
                int code = WireCodec.decode(lastWord, CommandEnd.class).code();
                status = Json.object().put("exit_code", code);
            } catch (KnitException e) {
                status = failure(e);
            }
            close(status, NORMAL);
        });
    }

    @Override
    public void failed(KnitException why) {
        context.runOnContext(now -> fail(why));
    }

    /** Before it has begun it is a problem as any; after it, the last message. */
    void fail(KnitException why) {
        if (over) {
            return;
        }
        if (begun) {
            close(failure(why), BROKEN);
        } else {
            end();
            ctx.request().resume();
            ctx.fail(why);
        }
    }

    private static ObjectNode failure(KnitException why) {
        ObjectNode json = Json.object();
        json.putObject("error").put("code", why.code().wireName()).put("message", why.getMessage());
        return json;
    }

    private void close(ObjectNode status, short code) {
        if (!over) {
            Future<Void> told = send(STATUS, Json.bytes(status));
            end();
            told.onComplete(sent -> socket.future().onSuccess(to -> to.close(code, "")));
        }
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        vertx.cancelTimer(timer);
        if (talking) {
            awaitItsEnd();
        }
        if (pipe != null) {
            pipe.cancel();
        }
        onEnd.run();
    }

    /** Who takes nothing any more holds up the last message, and the WebSocket's own end behind it. */
    private void awaitItsEnd() {
        timer = vertx.setTimer(2 * pingMillis, late -> Unread.cut(ctx.request().connection()));
    }

    /** Asked of all that comes or goes; the looks are for who says nothing. */
    private boolean stands() {
        if (!standing.getAsBoolean()) {
            fail(Gate.ended());
            return false;
        }
        return true;
    }
}
