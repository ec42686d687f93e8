package io.knit.core.agent.image;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.HostImage;
import io.knit.api.spi.runtime.ImageDisk;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.ImagesAbility;
import io.knit.core.agent.failed.KeptFailed;
import io.knit.core.rules.ImageReference;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.image.ImagesAsked;
import io.knit.core.wire.image.ImagesHere;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images that this agent has fetched go when nothing on the host has used them for a while, and sooner where the disk gets full. One that was there before, that somebody else
 * fetched, or that was pushed, is never touched by itself; the engine itself refuses where a container is made of one. Only on the loop.
 */
public final class OldImages {
    private static final Logger LOG = LoggerFactory.getLogger(OldImages.class);
    private static final Duration LOOKS = Duration.ofMinutes(10);

    private static final Duration SOON = Duration.ofMinutes(1);

    /** From here on the disk is full, in percent, and until there room is made: what Kubernetes takes unless told otherwise. */
    private static final double FULL = 85;

    private static final double ROOMY = 80;

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final @Nullable ImagesAbility engine;
    private final Duration keep;
    private final Brought brought;
    private final KeptFailed failed;

    private AssignmentSet set = AssignmentSet.NONE;
    private Loop.@Nullable Timer timer;
    private boolean stopped;
    private boolean full;

    /**
     * @param keep how long one stays that nothing uses; zero: for ever, however full the disk is
     * @param failed containers that nobody needs, which go before images
     */
    public OldImages(Loop loop, ContainerRuntime runtime, Path folder, Duration keep, KeptFailed failed) {
        this.loop = loop;
        this.runtime = runtime;
        this.engine = runtime instanceof ImagesAbility able ? able : null;
        this.keep = keep;
        this.failed = failed;
        this.brought = new Brought(loop, folder);
    }

    /** Takes up what an earlier run has brought. */
    public void start() {
        if (engine != null) {
            brought.read().onComplete(any -> lookLater());
        }
    }

    public void adopt(AssignmentSet next) {
        set = next;
    }

    public void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    /** This one was not here, and is now. */
    public void fetched(String image) {
        if (engine != null) {
            brought.fetch(image);
        }
    }

    /** This one was pushed here, by the name that engines list it by. */
    public void pushed(String image) {
        if (engine != null) {
            brought.push(image);
        }
    }

    /** Says which images there are, or has those go that nothing uses. */
    public Future<ImagesHere> answer(ImagesAsked asked) {
        ImagesAbility able = engine;
        if (able == null) {
            return Future.failedFuture(
                    new KnitException(ErrorCode.RUNTIME_REFUSED, "the container runtime does not list its images"));
        }
        return new HostImages(loop, able, brought, set, failed.kept()).answer(asked);
    }

    private void lookLater() {
        if (!stopped) {
            timer = loop.after(LOOKS, () -> look().onComplete(any -> lookLater()));
        }
    }

    private Future<Void> look() {
        ImagesAbility able = engine;
        if (able == null || stopped || brought.isEmpty() && failed.kept().isEmpty()) {
            return Future.succeededFuture();
        }
        return loop.bring(able.usedImages())
                .<Void>compose(names -> {
                    Set<String> inUse = new HashSet<>(names);
                    inUse.addAll(Unused.wanted(brought.fetched(), set));
                    inUse.addAll(Unused.wanted(brought.pushed(), set));
                    brought.used(inUse::contains);
                    return keep.isZero() ? Future.succeededFuture() : letGo(able);
                })
                .onFailure(why -> LOG.debug("images can't be looked after: {}", why.toString()))
                .onComplete(any -> brought.keep());
    }

    private Future<Void> letGo(ImagesAbility able) {
        return remove(able, Unused.due(brought.fetched(), loop.now().minus(keep)))
                .compose(done -> makeRoom(able));
    }

    /** Where the disk is full, more go: containers that nobody needs first, then what was longest unused, but nothing that was used since the last look. */
    private Future<Void> makeRoom(ImagesAbility able) {
        if (brought.fetched().isEmpty() && failed.kept().isEmpty()) {
            return Future.succeededFuture();
        }
        return loop.bring(able.imageDisk()).compose(disk -> {
            if (disk.usedPercent() < FULL || failed.kept().isEmpty()) {
                return makeRoom(able, disk);
            }
            LOG.warn(
                    "the disk of this host's images is {} % full; {} containers that were kept as they failed go for it",
                    percent(disk), failed.kept().size());
            failed.letGo();
            return later().compose(gone -> loop.bring(able.imageDisk())).compose(left -> makeRoom(able, left));
        });
    }

    private Future<Void> makeRoom(ImagesAbility able, ImageDisk disk) {
        if (disk.usedPercent() < FULL) {
            full = false;
            return Future.succeededFuture();
        }
        return loop.bring(able.images()).compose(images -> {
            Instant before = loop.now().minus(LOOKS);
            Map<HostImage, List<String>> unused =
                    Unused.among(images, brought.fetched(), Unused.wanted(brought.fetched(), set));
            unused.keySet()
                    .removeIf(image -> !Unused.lastUse(image, brought.fetched()).isBefore(before));
            tellFull(disk, unused.size());
            return makeRoom(able, unused.values().iterator());
        });
    }

    private void tellFull(ImageDisk disk, int unused) {
        if (!full) {
            full = true;
            LOG.warn(
                    "the disk of this host's images is {} % full; {} images that this agent fetched and nothing uses can go for it",
                    percent(disk), unused);
        }
    }

    private static String percent(ImageDisk disk) {
        return String.format(Locale.ROOT, "%.0f", disk.usedPercent());
    }

    /** Succeeds when what was let go of can be gone. */
    private Future<Void> later() {
        Promise<Void> then = Promise.promise();
        timer = loop.after(SOON, then::complete);
        return then.future();
    }

    private Future<Void> makeRoom(ImagesAbility able, Iterator<List<String>> next) {
        if (stopped || !next.hasNext()) {
            return Future.succeededFuture();
        }
        return HostImages.removeAll(loop, able, brought, next.next(), "the disk is full")
                .compose(done -> loop.bring(able.imageDisk()))
                .compose(disk -> disk.usedPercent() < ROOMY ? Future.succeededFuture() : makeRoom(able, next));
    }

    /** One after the other. */
    private Future<Void> remove(ImagesAbility able, List<String> due) {
        Future<Void> last = Future.succeededFuture();
        for (String image : due) {
            last = last.compose(done -> stopped ? Future.succeededFuture() : remove(able, image));
        }
        return last;
    }

    private Future<Void> remove(ImagesAbility able, String image) {
        return nameOf(image)
                .compose(name -> loop.bring(able.removeImage(name)).map(name))
                .transform(result -> {
                    if (result.succeeded()) {
                        brought.forget(result.result());
                        brought.forget(image);
                        LOG.info("removed the image {}: nothing here has used it for {}", image, keep);
                    } else if (result.cause() instanceof KnitException known && known.code() == ErrorCode.IN_USE) {
                        brought.used(image::equals);
                    } else {
                        LOG.debug(
                                "the image {} is left for now: {}",
                                image,
                                result.cause().toString());
                    }
                    return Future.succeededFuture();
                });
    }

    /** The tag, if this agent brought it and it means this image still: the engine lets an image go with its last tag alone. */
    private Future<String> nameOf(String image) {
        String tag = image.contains("@") ? image.substring(0, image.indexOf('@')) : image;
        if (tag.equals(image) || !brought.fetched().containsKey(tag)) {
            return Future.succeededFuture(image);
        }
        return loop.bring(runtime.pull(new ImageRequest(tag, PullPolicy.NEVER, null)))
                .map(here -> image.equals(ImageReference.pinned(tag, here.digest())) ? tag : image)
                .otherwise(image);
    }
}
