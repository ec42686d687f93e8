package io.knit.plugin.docker.inside;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.LoadResponseItem;
import com.github.dockerjava.api.model.ResponseItem;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.Intake;
import io.knit.plugin.docker.engine.Engine;
import io.knit.plugin.docker.engine.EngineClients;
import io.knit.plugin.docker.engine.EngineErrors;
import io.vertx.core.Future;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A tar that the engine makes an image of: it keeps it until all of it came, and unpacks it then. */
public final class ImageLoad extends LongCall<Void> implements Intake<Void> {
    private final DockerClient client;
    private final InputQueue input = new InputQueue();
    private final Runnable changed;
    private volatile boolean answered;

    private ImageLoad(Engine engine, String image, Runnable changed) {
        super(engine, "loading image " + image);
        this.changed = changed;
        this.client = engine.clients().open();
    }

    /** @param changed is called before it is said that the image is there */
    public static ImageLoad begin(Engine engine, String image, Runnable changed) {
        ImageLoad load = new ImageLoad(engine, image, changed);
        load.start();
        return load;
    }

    @Override
    boolean isAnswered() {
        return answered;
    }

    @Override
    Void work() throws Exception {
        // it says nothing of the load itself until all of the tar came
        DockerClient looks = engine.clients().open();
        try {
            looks.pingCmd().exec();
        } finally {
            EngineClients.close(looks);
        }
        answered = true;
        Pieces pieces = new Pieces(input);
        String fault = client.loadImageAsyncCmd(pieces).exec(new Answer()).await();
        pieces.enough();
        if (fault != null) {
            throw new KnitException(
                    ErrorCode.RUNTIME_REFUSED,
                    "The Docker Engine refused " + what + ": " + EngineErrors.oneLine(fault));
        }
        changed.run();
        return null;
    }

    @Override
    public Future<Void> write(byte[] bytes) {
        return input.write(bytes);
    }

    @Override
    public void endInput() {
        input.end();
    }

    @Override
    void free() {
        input.close(reason());
        EngineClients.close(client);
    }

    /** What went wrong comes as one of the lines of an answer that begins well. docker-java's own callback would log each load that is broken off. */
    private static final class Answer implements ResultCallback<LoadResponseItem> {
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile @Nullable String fault;
        private volatile @Nullable Throwable broken;

        /** @return what the engine did not like; null: nothing */
        @Nullable
        String await() throws Exception {
            over.await();
            Throwable why = broken;
            if (why != null) {
                throw why instanceof Exception known ? known : new IOException(why);
            }
            return fault;
        }

        @Override
        public void onStart(Closeable stream) {}

        @Override
        public void onNext(LoadResponseItem item) {
            ResponseItem.ErrorDetail detail = item.getErrorDetail();
            if (detail != null && detail.getMessage() != null) {
                fault = detail.getMessage();
            }
        }

        @Override
        public void onError(Throwable why) {
            broken = why;
            over.countDown();
        }

        @Override
        public void onComplete() {
            over.countDown();
        }

        @Override
        public void close() {
            over.countDown();
        }
    }
}
