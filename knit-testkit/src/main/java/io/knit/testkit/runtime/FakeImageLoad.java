package io.knit.testkit.runtime;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.Intake;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** An image as tar on its way into a {@link FakeEngine}, which looks no further than at how many layers it has. All on the engine's loop. */
final class FakeImageLoad implements Intake<Void> {
    private static final int BLOCK = 512;
    private static final int SIZE = 124;

    private final FakeEngine engine;
    private final String image;
    private final Promise<Void> ended = Promise.promise();
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    FakeImageLoad(FakeEngine engine, String image) {
        this.engine = engine;
        this.image = image;
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
            try {
                if (!ended.future().isComplete()) {
                    engine.load(image, layers(taken.toByteArray()));
                    ended.tryComplete();
                }
            } catch (KnitException e) {
                ended.tryFail(e);
            }
        });
    }

    private static int layers(byte[] tar) {
        int layers = 0;
        int at = 0;
        while (at + BLOCK <= tar.length && tar[at] != 0) {
            String name = text(tar, at, 100);
            layers += name.startsWith("layer-") ? 1 : 0;
            long size = Long.parseLong(text(tar, at + SIZE, 11), 8);
            at += (int) (BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK);
        }
        if (at + 2 * BLOCK > tar.length) {
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "the tar is not whole");
        }
        return layers;
    }

    private static String text(byte[] tar, int at, int most) {
        int end = at;
        while (end < at + most && tar[end] != 0) {
            end++;
        }
        return new String(tar, at, end - at, StandardCharsets.UTF_8);
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
