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
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** A command in a container, between the runtime and a stream. Each side waits for the other. On the loop. */
final class ShellGiving implements StreamListener {
    private final Loop loop;
    private final StreamEnd end;
    private @Nullable ShellSession session;

    ShellGiving(Loop loop, StreamEnd end) {
        this.loop = loop;
        this.end = end;
    }

    /** @throws KnitException with {@code INVALID_VALUE} if it is none */
    static ShellRequest request(ShellAsked asked) {
        try {
            return new ShellRequest(asked.command(), asked.terminal(), asked.input(), asked.columns(), asked.rows());
        } catch (IllegalArgumentException e) {
            throw new KnitException(ErrorCode.INVALID_VALUE, String.valueOf(e.getMessage()), e);
        }
    }

    void begin(ShellAbility able, String container, ShellRequest request) {
        if (end.isOver()) {
            return;
        }
        ShellSession made = able.shell(container, request, to(ShellAsked.OUTPUT), to(ShellAsked.ERROR));
        session = made;
        // its first piece says that it runs, and may be long in coming
        loop.bring(made.begun()).onSuccess(done -> end.write(ShellAsked.OUTPUT, new byte[0]));
        loop.bring(made.ended())
                .onSuccess(code -> end.end(WireCodec.encode(new CommandEnd(code))))
                .onFailure(end::fail);
    }

    /** Its threads are the runtime's. */
    private ByteReader to(int channel) {
        return bytes -> {
            Promise<Void> sent = Promise.promise();
            loop.execute(() -> end.write(channel, bytes).onComplete(sent));
            return sent.future();
        };
    }

    @Override
    public void data(int channel, byte[] bytes) {
        ShellSession running = session;
        if (running != null && channel == ShellAsked.INPUT) {
            loop.bring(running.write(bytes)).onComplete(passed -> end.read(bytes.length));
            return;
        }
        if (running != null && channel == ShellAsked.RESIZE) {
            resize(running, bytes);
        }
        end.read(bytes.length);
    }

    private static void resize(ShellSession running, byte[] bytes) {
        TerminalSize size;
        try {
            size = WireCodec.decode(bytes, TerminalSize.class);
        } catch (KnitException e) {
            // the terminal stays as it is
            return;
        }
        if (size.columns() > 0 && size.columns() <= 10_000 && size.rows() > 0 && size.rows() <= 10_000) {
            running.resize(size.columns(), size.rows());
        }
    }

    @Override
    public void ended(byte[] lastWord) {
        if (session != null) {
            session.endInput();
        }
    }

    @Override
    public void failed(KnitException why) {
        if (session != null) {
            session.cancel();
        }
    }
}
