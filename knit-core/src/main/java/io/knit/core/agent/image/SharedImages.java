package io.knit.core.agent.image;

import io.knit.api.spi.loop.Loop;
import io.knit.core.wire.image.ImagesAsked;
import io.knit.core.wire.image.ImagesHere;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** Images, for those who are on another loop. Thread-safe. */
public final class SharedImages {
    private final Loop loop;
    private final OldImages images;

    /** @param loop that of the images */
    public SharedImages(Loop loop, OldImages images) {
        this.loop = loop;
        this.images = images;
    }

    /** As {@link OldImages#pushed}. */
    public void pushed(String image) {
        loop.execute(() -> images.pushed(image));
    }

    /** As {@link OldImages#answer}; completes on any thread. */
    public Future<ImagesHere> answer(ImagesAsked asked) {
        Promise<ImagesHere> answer = Promise.promise();
        loop.execute(() -> images.answer(asked).onComplete(answer));
        return answer.future();
    }
}
