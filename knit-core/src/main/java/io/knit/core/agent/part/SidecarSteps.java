package io.knit.core.agent.part;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.agent.output.LastOutput;
import io.knit.core.agent.pull.ImagePulls;
import io.knit.core.agent.reconcile.Tended;
import io.knit.core.agent.reconcile.Tending;
import io.knit.core.wire.Assignment;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what a {@link Tending} says, and tells what came of it: it never fails. Only on the loop. */
public final class SidecarSteps {
    private static final Logger LOG = LoggerFactory.getLogger(SidecarSteps.class);

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final ImagePulls images;
    private final LastOutput output;
    private final Duration grace;
    private final Function<List<VolumeSpec>, Future<List<VolumeSpec>>> found;

    /**
     * @param grace of each that is removed
     * @param found gives volumes of a sidecar's own as they are on the node, folders of the host by their real paths, or fails in words
     */
    public SidecarSteps(
            Loop loop,
            ContainerRuntime runtime,
            ImagePulls images,
            LastOutput output,
            Duration grace,
            Function<List<VolumeSpec>, Future<List<VolumeSpec>>> found) {
        this.loop = loop;
        this.runtime = runtime;
        this.images = images;
        this.output = output;
        this.grace = grace;
        this.found = found;
    }

    /**
     * The removals at once, then one after the other what is to be made.
     *
     * @param main which runs; null: nothing is to be made
     * @param order null, or without a spec: nothing is to be made
     * @param wanted whether to go on
     */
    public Future<Tended> tend(
            Tending tending, @Nullable ContainerSnapshot main, @Nullable Assignment order, BooleanSupplier wanted) {
        Course course = new Course();
        Future<Void> all = Future.join(tending.remove().stream()
                        .map(part -> removed(part, course))
                        .toList())
                .mapEmpty();
        for (SidecarSpec sidecar : tending.make()) {
            all = all.compose(before -> main == null || order == null || !course.goesOn() || !wanted.getAsBoolean()
                    ? Future.succeededFuture()
                    : made(main, order, sidecar, course));
        }
        return all.transform(any -> Future.succeededFuture(course.tended()));
    }

    private Future<Void> removed(ContainerSnapshot part, Course course) {
        String name = part.labels().getOrDefault(KnitLabels.PART, "");
        Future<String> wrote = part.state() == ContainerState.EXITED
                ? output.lastLines(part.labels().getOrDefault(KnitLabels.INSTANCE, ""), part.id())
                        .otherwise("")
                : Future.succeededFuture("");
        return wrote.compose(text -> {
                    if (!text.isEmpty()) {
                        course.last.put(name, text.substring(text.lastIndexOf('\n') + 1));
                    }
                    return call(() -> runtime.remove(part.id(), grace));
                })
                .onSuccess(gone -> course.removed.add(part.id()))
                .recover(why -> {
                    course.stuck("sidecar " + name + " can't be removed: ", why);
                    return Future.succeededFuture();
                });
    }

    private Future<Void> made(ContainerSnapshot main, Assignment order, SidecarSpec sidecar, Course course) {
        DeploymentSpec spec = order.spec();
        if (spec == null) {
            return Future.succeededFuture();
        }
        String instance = order.instance();
        return call(() -> found.apply(sidecar.volumes()))
                .map(volumes -> SidecarContainers.of(main, order, spec, sidecar, volumes))
                .compose(container -> call(() -> runtime.create(container))
                        .recover(why -> isImageGone(why)
                                ? PartImages.of(instance, spec)
                                        .only(new PartImages.Part(sidecar.image(), sidecar.platform()))
                                        .fetch(images, image -> call(() -> runtime.pull(image)))
                                        .compose(again -> call(() -> runtime.create(container)))
                                : Future.failedFuture(why)))
                .compose(id -> call(() -> runtime.start(id)))
                .onSuccess(started -> course.started.add(sidecar.name()))
                .recover(why -> {
                    if (isOpen(why)) {
                        course.stuck("sidecar " + sidecar.name() + ": ", why);
                    }
                    course.refused.put(sidecar.name(), words(why));
                    LOG.warn("sidecar {} of {} can't be started: {}", sidecar.name(), instance, words(why));
                    return Future.succeededFuture();
                });
    }

    /** Somebody removed it meanwhile. */
    private static boolean isImageGone(Throwable why) {
        return why instanceof KnitException known && known.code() == ErrorCode.IMAGE_UNAVAILABLE;
    }

    /** What was asked for may still come about. */
    private static boolean isOpen(Throwable why) {
        return why instanceof KnitException known
                && (known.code() == ErrorCode.RUNTIME_UNAVAILABLE || known.code() == ErrorCode.BUSY);
    }

    private static String words(Throwable why) {
        return why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
    }

    /** A runtime that throws instead of failing its future is no reason to stop the agent. */
    private <T> Future<T> call(Supplier<Future<T>> step) {
        try {
            return loop.bring(step.get());
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    /** How far it has come. */
    private static final class Course {
        private final Set<String> removed = new HashSet<>();
        private final Map<String, String> last = new HashMap<>();
        private final Set<String> started = new HashSet<>();
        private final Map<String, String> refused = new HashMap<>();
        private String stuck = "";
        private boolean answered = true;

        /** A name that is still taken would be taken for the new one's. */
        boolean goesOn() {
            return stuck.isEmpty();
        }

        void stuck(String what, Throwable why) {
            stuck = what + words(why);
            answered &= !isOpen(why);
            LOG.warn("{}", stuck);
        }

        Tended tended() {
            return new Tended(removed, last, started, refused, stuck, answered);
        }
    }
}
