package io.knit.core.agent.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ByteReader;
import io.knit.api.spi.runtime.ShellAbility;
import io.knit.api.spi.runtime.ShellRequest;
import io.knit.api.spi.runtime.ShellSession;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.CommandEnd;
import io.knit.core.wire.asked.ShellAsked;
import io.knit.core.wire.asked.TerminalSize;
import io.knit.core.wire.stream.StreamEnd;
import io.knit.core.wire.stream.StreamListener;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A command in a container, between the runtime and a stream. Each side waits for the other. On the loop, but for {@link #join} and {@link #began}. */
final class ShellGiving implements StreamListener, EarlyJoins.Joiner {
    private final Loop loop;
    private final StreamEnd end;
    private final ShellAbility able;
    private final ShellRequest request;
    private final Set<String> taken;
    /** What came before there was anything to join: no more than a stream's window, as nothing of it counts as read. */
    private final Deque<byte[]> early = new ArrayDeque<>();

    private @Nullable ShellSession session;
    private Runnable onOver = () -> {};
    private int columns;
    private int rows;
    private boolean noMore;
    /** Pieces that the runtime has and has not passed on. */
    private int passing;

    private boolean joined;
    private boolean unpassed;
    private boolean saidTaken;
    private String container = "";

    /** @param taken the containers to which all of their one input was passed on, by an agent that still holds what they have not read of it */
    ShellGiving(Loop loop, StreamEnd end, ShellAbility able, ShellRequest request, Set<String> taken) {
        this.taken = taken;
        this.loop = loop;
        this.end = end;
        this.able = able;
        this.request = request;
        this.columns = request.columns();
        this.rows = request.rows();
    }

    /** @throws KnitException with {@code INVALID_VALUE} if it is none */
    static ShellRequest request(ShellAsked asked) {
        try {
            return new ShellRequest(
                    asked.command(), asked.terminal(), asked.input(), asked.columns(), asked.rows(), asked.early());
        } catch (IllegalArgumentException e) {
            throw new KnitException(ErrorCode.INVALID_VALUE, String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * What it is to join may be long in coming: the other end is told that it is waited for.
     *
     * @param left is run once it is over
     */
    void waits(Runnable left) {
        onOver = left;
        loop.execute(this::tellBegun);
    }

    @Override
    public Future<Void> join(String container) {
        Promise<Void> joined = Promise.promise();
        loop.execute(() -> {
            if (session == null && !end.isOver()) {
                begin(container);
            }
            ShellSession made = session;
            if (made == null) {
                joined.complete();
            } else {
                made.begun().onComplete(any -> joined.complete());
            }
        });
        return joined.future();
    }

    /** What does not run yet takes no size. */
    @Override
    public void began() {
        loop.execute(() -> {
            ShellSession running = session;
            if (running != null && columns > 0 && rows > 0) {
                running.resize(columns, rows);
            }
        });
    }

    private void tellBegun() {
        end.write(ShellAsked.OUTPUT, new byte[0]);
    }

    private void begin(String joins) {
        container = joins;
        ShellSession made = able.shell(container, request, to(ShellAsked.OUTPUT), to(ShellAsked.ERROR));
        session = made;
        // its first piece says that it runs, and may be long in coming
        loop.bring(made.begun()).onSuccess(done -> {
            tellBegun();
            tellJoined();
        });
        loop.bring(made.ended())
                .onSuccess(code -> {
                    end.end(WireCodec.encode(new CommandEnd(code)));
                    onOver.run();
                })
                .onFailure(this::fail);
        early.forEach(bytes -> give(made, bytes));
        early.clear();
        if (noMore) {
            made.endInput();
        }
    }

    /** Who gives it what it reads knows by that that nobody else can any more, and that he is told when all was taken. */
    private void tellJoined() {
        if (request.input() && request.command().isEmpty()) {
            joined = true;
            say(ShellAsked.JOINED);
            tellTaken();
        } else if (request.command().isEmpty() && taken.contains(container)) {
            say(ShellAsked.TAKEN);
        }
    }

    private void tellTaken() {
        if (joined && noMore && passing == 0 && !unpassed && !saidTaken) {
            saidTaken = true;
            say(ShellAsked.TAKEN);
            if (isOnlyInput()) {
                taken.add(container);
            }
        }
    }

    private boolean isOnlyInput() {
        return session != null && session.isOnlyInput();
    }

    /** What was given to its end is read to its end, though nobody is there any more: with the connection to it the engine would drop what it has not read. */
    private boolean isReadOn() {
        return noMore && isOnlyInput();
    }

    private void say(String what) {
        end.write(ShellAsked.GIVEN, what.getBytes(StandardCharsets.US_ASCII));
    }

    private void give(ShellSession running, byte[] bytes) {
        passing++;
        loop.bring(running.write(bytes)).onComplete(passed -> {
            passing--;
            unpassed |= passed.failed();
            end.read(bytes.length);
            tellTaken();
        });
    }

    /** Breaks it off. */
    void fail(Throwable why) {
        end.fail(why);
        onOver.run();
    }

    /** Its threads are the runtime's. */
    private ByteReader to(int channel) {
        return bytes -> {
            Promise<Void> sent = Promise.promise();
            loop.execute(() -> end.write(channel, bytes)
                    .recover(left -> isReadOn() ? Future.succeededFuture() : Future.failedFuture(left))
                    .onComplete(sent));
            return sent.future();
        };
    }

    @Override
    public void data(int channel, byte[] bytes) {
        ShellSession running = session;
        if (channel == ShellAsked.INPUT && running != null) {
            give(running, bytes);
            return;
        }
        if (channel == ShellAsked.INPUT && request.early()) {
            early.add(bytes);
            return;
        }
        if (channel == ShellAsked.RESIZE) {
            resize(bytes);
        }
        end.read(bytes.length);
    }

    private void resize(byte[] bytes) {
        TerminalSize size;
        try {
            size = WireCodec.decode(bytes, TerminalSize.class);
        } catch (KnitException e) {
            // the terminal stays as it is
            return;
        }
        if (size.columns() > 0 && size.columns() <= 10_000 && size.rows() > 0 && size.rows() <= 10_000) {
            columns = size.columns();
            rows = size.rows();
            if (session != null) {
                session.resize(columns, rows);
            }
        }
    }

    @Override
    public void ended(byte[] lastWord) {
        noMore = true;
        if (session != null) {
            session.endInput();
            tellTaken();
        }
    }

    @Override
    public void failed(KnitException why) {
        onOver.run();
        if (session != null && !isReadOn()) {
            session.cancel();
        }
    }
}
