package io.knit.core.agent.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ImageLoadAbility;
import io.knit.api.spi.runtime.ImagePresence;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.Intake;
import io.knit.core.rules.ImageReference;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.image.ImageAsked;
import io.knit.core.wire.image.LayersHere;
import io.knit.core.wire.stream.StreamEnd;
import io.knit.core.wire.stream.StreamListener;
import io.vertx.core.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An image on its way into the runtime: first what of it is here is said, then it comes as tar. One that is here already is not sent. The runtime has it when all of it came, or has nothing of it. On the
 * loop of streams.
 */
final class ImageTaking implements StreamListener {
    private static final int MOST_LAYERS = 1_000;

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final StreamEnd end;
    private final Consumer<String> pushed;
    private @Nullable Intake<Void> into;

    ImageTaking(Loop loop, ContainerRuntime runtime, StreamEnd end, Consumer<String> pushed) {
        this.loop = loop;
        this.runtime = runtime;
        this.end = end;
        this.pushed = pushed;
    }

    void begin(ImageLoadAbility able, ImageAsked asked) {
        boolean plain = ImageReference.fault(asked.name()) == null
                && ImageReference.familiar(asked.name()).equals(asked.name())
                && !ImageReference.hasDigest(asked.name())
                && ImageReference.isDigest(asked.id())
                && asked.layers().size() <= MOST_LAYERS
                && asked.layers().stream().allMatch(ImageReference::isDigest);
        if (!plain) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "the request names no image that can be pushed");
        }
        loop.bring(able.presence(asked.name(), asked.id(), asked.layers()))
                .onFailure(end::fail)
                .onSuccess(here -> take(able, asked, here));
    }

    private void take(ImageLoadAbility able, ImageAsked asked, ImagePresence here) {
        if (end.isOver()) {
            return;
        }
        if (here.same()) {
            pushed.accept(asked.name());
            end.end(new byte[0]);
            return;
        }
        Intake<Void> taking = able.load(asked.name());
        into = taking;
        loop.bring(taking.ended())
                .compose(done -> seen(asked.name()))
                .onSuccess(there -> {
                    pushed.accept(asked.name());
                    end.end(new byte[0]);
                })
                .onFailure(end::fail);
        // who sends waits for it
        end.write(0, WireCodec.encode(new LayersHere(asked.whole() ? 0 : here.layers())));
    }

    /** An engine may take a tar without a word, and have nothing by that name. */
    private Future<Void> seen(String image) {
        return loop.bring(runtime.pull(new ImageRequest(image, PullPolicy.NEVER, null)))
                .recover(why -> Future.failedFuture(new KnitException(
                        ErrorCode.RUNTIME_REFUSED,
                        "the runtime took all of it, and has no image " + image + " now: " + why.getMessage(),
                        why)))
                .mapEmpty();
    }

    @Override
    public void data(int channel, byte[] bytes) {
        Intake<Void> taking = into;
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
        if (into != null) {
            into.cancel();
        }
    }
}
