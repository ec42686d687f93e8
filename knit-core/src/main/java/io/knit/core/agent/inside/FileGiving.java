package io.knit.core.agent.inside;

import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ByteReader;
import io.knit.api.spi.runtime.Intake;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.TarSum;
import io.knit.core.wire.stream.StreamEnd;
import io.knit.core.wire.stream.StreamListener;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Files of a container or volume as tar, out of it or into it, between the runtime and a stream. Each side waits for the other. On the loop. */
final class FileGiving implements StreamListener {
    private final Loop loop;
    private final StreamEnd end;
    private @Nullable Ongoing<?> copying;
    private @Nullable Intake<?> into;

    FileGiving(Loop loop, StreamEnd end) {
        this.loop = loop;
        this.end = end;
    }

    /** @param reading gives bytes to whom it is given */
    void out(Function<ByteReader, ? extends Ongoing<?>> reading) {
        if (!end.isOver()) {
            end(reading.apply(bytes -> {
                Promise<Void> sent = Promise.promise();
                loop.execute(() -> end.write(0, bytes).onComplete(sent));
                return sent.future();
            }));
        }
    }

    /** @param ready succeeds when it takes bytes */
    void in(Intake<?> taking, Future<Void> ready) {
        if (end.isOver()) {
            taking.cancel();
            return;
        }
        end(taking);
        ready.onSuccess(now -> {
            into = taking;
            // who sends waits for it
            end.write(0, new byte[0]);
        });
    }

    private void end(Ongoing<?> begun) {
        copying = begun;
        loop.bring(begun.ended())
                .onSuccess(done -> end.end(done instanceof TarSum sum ? WireCodec.encode(sum) : new byte[0]))
                .onFailure(end::fail);
    }

    @Override
    public void data(int channel, byte[] bytes) {
        Intake<?> taking = into;
        if (taking == null) {
            end.read(bytes.length);
        } else {
            loop.bring(taking.write(bytes)).onComplete(passed -> end.read(bytes.length));
        }
    }

    @Override
    public void ended(byte[] lastWord) {
        if (into != null) {
            into.endInput();
        }
    }

    @Override
    public void failed(KnitException why) {
        if (copying != null) {
            copying.cancel();
        }
    }
}
