package io.knit.core.server.image;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.core.server.inside.Inside;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One image that is pushed: it comes whole, is looked at, and goes to each node what that lacks. What is left of it on the server's disk goes when this ends, in whatever way. Thread-safe.
 */
public final class ImagePush {
    private static final Logger LOG = LoggerFactory.getLogger(ImagePush.class);
    /** Nodes that are sent to at once. */
    private static final int WIDTH = 4;

    private final Loop loop;
    private final Inside inside;
    private final String name;
    private final Deque<String> waiting;
    private final List<NodePushed> done = new ArrayList<>();
    private final List<NodePush> going = new ArrayList<>();
    private final Callable<Spool> making;
    private final Runnable onEnd;
    private final AtomicBoolean over = new AtomicBoolean();
    private final Promise<Pushed> ended = Promise.promise();
    /** Each step that touches the file comes after the one before it. On the loop. */
    private Future<?> last = Future.succeededFuture();

    private @Nullable Spool spool;

    ImagePush(
            Loop loop,
            Inside inside,
            String name,
            List<String> targets,
            List<NodePushed> skipped,
            Callable<Spool> making,
            Runnable onEnd) {
        this.loop = loop;
        this.inside = inside;
        this.name = name;
        this.waiting = new ArrayDeque<>(targets);
        this.done.addAll(skipped);
        this.making = making;
        this.onEnd = onEnd;
    }

    /** Takes the next bytes of the tar; succeeds when there is room for more. */
    public Future<Void> write(byte[] bytes) {
        return step(() -> {
            Spool file = spool;
            if (file == null) {
                file = making.call();
                spool = file;
            }
            file.write(bytes);
            return null;
        });
    }

    /** That was all of it: has it pushed. */
    public Future<Pushed> push() {
        step(() -> {
                    Spool file = spool;
                    if (file == null) {
                        throw TarIndex.broken("is empty");
                    }
                    return SavedImage.read(file.file(), name);
                })
                .onFailure(this::fail)
                .onSuccess(image -> {
                    for (int i = 0; i < WIDTH; i++) {
                        next(image);
                    }
                });
        return ended.future();
    }

    /** Nobody wants it any more. May be called more than once. */
    public void cancel() {
        loop.execute(() -> fail(new KnitException(ErrorCode.CLOSED, "nobody waits for it any more")));
    }

    /** One after the other, off the loop; nothing more once it is over. */
    private <T> Future<T> step(Callable<T> work) {
        Promise<T> result = Promise.promise();
        loop.execute(() -> {
            Future<T> mine = last.transform(before -> over.get()
                    ? Future.failedFuture(new KnitException(ErrorCode.CLOSED, "the push is over"))
                    : loop.blocking(work)
                            .recover(why -> Future.failedFuture(
                                    why instanceof KnitException
                                            ? why
                                            : new KnitException(
                                                    ErrorCode.BUSY,
                                                    "the server can't keep the image on its disk while it is pushed: "
                                                            + why.getMessage(),
                                                    why))));
            last = mine;
            mine.onComplete(result);
        });
        return result.future();
    }

    private void next(SavedImage image) {
        String node = waiting.poll();
        if (node == null || over.get()) {
            if (going.isEmpty() && waiting.isEmpty()) {
                finish(new Pushed(
                        name,
                        image.id(),
                        image.layers(),
                        done.stream()
                                .sorted(Comparator.comparing(NodePushed::node))
                                .toList()));
            }
            return;
        }
        NodePush push = new NodePush(loop, inside, node, image);
        going.add(push);
        loop.bring(push.begin()).onSuccess(what -> {
            going.remove(push);
            done.add(what);
            next(image);
        });
    }

    private void finish(Pushed what) {
        if (over.compareAndSet(false, true)) {
            close();
            ended.tryComplete(what);
        }
    }

    private void fail(Throwable why) {
        if (over.compareAndSet(false, true)) {
            new ArrayList<>(going).forEach(push -> push.cancel("it was broken off"));
            close();
            ended.tryFail(why);
        }
    }

    /** After what is under way with the file. */
    private void close() {
        last.onComplete(any -> loop.blocking(() -> {
                    Spool file = spool;
                    if (file != null) {
                        file.close();
                    }
                    return null;
                })
                .onFailure(why -> LOG.warn("what came of a pushed image can't be removed: {}", why.toString()))
                .onComplete(closed -> onEnd.run()));
    }
}
