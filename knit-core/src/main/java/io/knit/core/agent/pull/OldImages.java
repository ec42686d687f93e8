package io.knit.core.agent.pull;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Order;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.ImagesAbility;
import io.knit.core.rules.ImageReference;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images that this agent has fetched go when nothing on the host has used them for a while. One that was there before, or that somebody else fetched, is never
 * touched; the engine itself refuses where a container is made of one. Only on the loop.
 */
public final class OldImages {
    private static final Logger LOG = LoggerFactory.getLogger(OldImages.class);
    private static final Duration LOOKS = Duration.ofMinutes(10);
    private static final int MOST = 1_000;

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final @Nullable ImagesAbility engine;
    private final PulledFile file;
    private final Duration keep;
    /** When each was last known to be used; the oldest first where it is long ago. */
    private final Map<String, Instant> used = new LinkedHashMap<>();

    private AssignmentSet set = AssignmentSet.NONE;
    private Map<String, Instant> written = Map.of();
    private Loop.@Nullable Timer timer;
    private boolean stopped;

    /** @param keep how long one stays that nothing uses; zero: for ever */
    public OldImages(Loop loop, ContainerRuntime runtime, Path folder, Duration keep) {
        this.loop = loop;
        this.runtime = runtime;
        this.engine = runtime instanceof ImagesAbility able && !keep.isZero() ? able : null;
        this.file = new PulledFile(folder);
        this.keep = keep;
    }

    /** Takes up what an earlier run has fetched. */
    public void start() {
        if (engine == null) {
            return;
        }
        loop.blocking(file::read)
                .onSuccess(before -> {
                    written = before;
                    before.forEach(used::putIfAbsent);
                })
                .onFailure(why -> LOG.warn("which images were fetched can't be read: {}", why.toString()))
                .onComplete(any -> lookLater());
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
        if (engine != null && (used.containsKey(image) || used.size() < MOST)) {
            used.put(image, loop.now());
            keep();
        }
    }

    /** This one was pushed here: whatever had its name before, it is not this agent's to remove. */
    public void pushed(String image) {
        if (used.keySet().removeIf(known -> ImageReference.familiar(known).equals(image))) {
            keep();
        }
    }

    private void lookLater() {
        if (!stopped) {
            timer = loop.after(LOOKS, () -> look().onComplete(any -> lookLater()));
        }
    }

    private Future<Void> look() {
        ImagesAbility able = engine;
        if (able == null || stopped || used.isEmpty()) {
            return Future.succeededFuture();
        }
        return loop.bring(able.usedImages())
                .compose(names -> {
                    Set<String> inUse = new HashSet<>(names);
                    inUse.addAll(wanted(used, set));
                    used.replaceAll((image, since) -> inUse.contains(image) ? loop.now() : since);
                    return remove(able, due(used, loop.now().minus(keep)));
                })
                .onFailure(why -> LOG.debug("images can't be looked after: {}", why.toString()))
                .onComplete(any -> keep());
    }

    /** Those of what orders name that were fetched last: what runs is refused by the engine, but what is about to be made would have to be fetched again. (Pure.) */
    static Set<String> wanted(Map<String, Instant> used, AssignmentSet set) {
        Set<String> named = new HashSet<>();
        for (Assignment assignment : set.assignments().values()) {
            DeploymentSpec spec = assignment.spec();
            if (assignment.order() == Order.RUN && spec == null) {
                // whatever it is of
                return Set.copyOf(used.keySet());
            }
            if (assignment.order() == Order.RUN && spec != null) {
                named.add(spec.image());
                spec.initContainers().forEach(part -> named.add(part.image()));
                spec.sidecars().forEach(sidecar -> named.add(sidecar.image()));
            }
        }
        set.prepare().forEach(prepare -> named.addAll(prepare.images()));
        Map<String, String> newest = new LinkedHashMap<>();
        used.forEach((image, since) -> {
            String tag = image.contains("@") && !named.contains(image) ? image.substring(0, image.indexOf('@')) : image;
            if (named.contains(tag)) {
                newest.merge(tag, image, (one, other) -> since.isBefore(used.getOrDefault(one, since)) ? one : other);
            }
        });
        return Set.copyOf(newest.values());
    }

    /** A tag whose image is here by its digest, too, goes with that: containers are called by the digest. (Pure.) */
    static List<String> due(Map<String, Instant> used, Instant before) {
        List<String> due = new ArrayList<>();
        used.forEach((image, since) -> {
            boolean alone = used.keySet().stream().noneMatch(other -> other.startsWith(image + "@"));
            if (since.isBefore(before) && alone) {
                due.add(image);
            }
        });
        return due;
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
                        used.remove(result.result());
                        used.remove(image);
                        LOG.info("removed the image {}: nothing here has used it for {}", image, keep);
                    } else if (result.cause() instanceof KnitException known && known.code() == ErrorCode.IN_USE) {
                        used.replace(image, loop.now());
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
        if (tag.equals(image) || !used.containsKey(tag)) {
            return Future.succeededFuture(image);
        }
        return loop.bring(runtime.pull(new ImageRequest(tag, PullPolicy.NEVER, null)))
                .map(here -> image.equals(ImageReference.pinned(tag, here.digest())) ? tag : image)
                .otherwise(image);
    }

    private void keep() {
        Map<String, Instant> now = Map.copyOf(used);
        if (now.equals(written)) {
            return;
        }
        written = now;
        loop.blocking(() -> {
                    file.write(now);
                    return null;
                })
                .onFailure(why -> {
                    written = Map.of();
                    LOG.warn("which images were fetched can't be kept: {}", why.toString());
                });
    }
}
