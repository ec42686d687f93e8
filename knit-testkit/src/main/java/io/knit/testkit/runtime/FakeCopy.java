package io.knit.testkit.runtime;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.ByteReader;
import io.knit.api.spi.runtime.Intake;
import io.knit.testkit.TarBytes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Files on their way out of a container of a {@link FakeEngine} or into it. All on the engine's loop. */
final class FakeCopy implements Intake<Void> {
    private static final int PIECE = 32 * 1024;

    private final FakeEngine engine;
    private final String id;
    private final String path;
    private final Promise<Void> ended = Promise.promise();
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    FakeCopy(FakeEngine engine, String id, String path) {
        this.engine = engine;
        this.id = id;
        this.path = path;
    }

    /** Out of it. */
    FakeCopy to(ByteReader reader) {
        engine.loop().execute(() -> attempt(() -> give(reader, engine.files(id).tar(path), 0)));
        return this;
    }

    /** Into it. */
    FakeCopy from() {
        engine.loop().execute(() -> attempt(() -> engine.files(id).requireFolder(path)));
        return this;
    }

    private void give(ByteReader reader, byte[] tar, int at) {
        if (at >= tar.length) {
            ended.tryComplete();
        } else if (!ended.future().isComplete()) {
            int next = Math.min(tar.length, at + PIECE);
            reader.bytes(Arrays.copyOfRange(tar, at, next))
                    .onSuccess(room -> engine.loop().execute(() -> give(reader, tar, next)))
                    .onFailure(ended::tryFail);
        }
    }

    @Override
    public Future<Void> write(byte[] bytes) {
        Promise<Void> passed = Promise.promise();
        engine.loop().execute(() -> {
            taken.writeBytes(bytes);
            passed.complete();
        });
        return passed.future();
    }

    @Override
    public void endInput() {
        engine.loop().execute(() -> {
            Duration time = engine.unpacking(id);
            if (time.isZero()) {
                attempt(this::unpack);
            } else {
                engine.loop().after(time, () -> attempt(this::unpack));
            }
        });
    }

    private void unpack() {
        if (!ended.future().isComplete()) {
            byte[] all = taken.toByteArray();
            if (engine.isFull(id)) {
                engine.files(id).unpack(path, half(all));
                throw new KnitException(ErrorCode.RUNTIME_REFUSED, "no space left on device");
            }
            engine.files(id).unpack(path, all);
            ended.tryComplete();
        }
    }

    private static byte[] half(byte[] tar) {
        Map<String, byte[]> all = TarBytes.read(tar);
        Map<String, byte[]> half = new LinkedHashMap<>();
        all.forEach((name, bytes) -> {
            if (half.size() < all.size() / 2) {
                half.put(name, bytes);
            }
        });
        return TarBytes.of(half);
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (KnitException e) {
            ended.tryFail(e);
        }
    }

    @Override
    public Future<Void> ended() {
        return ended.future();
    }

    @Override
    public void cancel() {
        ended.tryFail(new KnitException(ErrorCode.CLOSED, "it was cancelled"));
    }
}
