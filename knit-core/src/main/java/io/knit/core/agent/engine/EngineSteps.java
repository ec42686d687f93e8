package io.knit.core.agent.engine;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PullProgress;
import io.knit.api.model.StopSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.PullListener;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.core.agent.inside.EarlyJoins;
import io.knit.core.agent.output.LastOutput;
import io.knit.core.agent.part.InitContainers;
import io.knit.core.agent.part.PartImages;
import io.knit.core.agent.part.PartRun;
import io.knit.core.agent.part.PartWatch;
import io.knit.core.agent.part.Validation;
import io.knit.core.agent.port.AbsentAddress;
import io.knit.core.agent.port.PortOwners;
import io.knit.core.agent.pull.ImagePulls;
import io.knit.core.agent.render.FileMaking;
import io.knit.core.agent.render.NodeModel;
import io.knit.core.rules.process.HostAccess;
import io.knit.core.wire.Assignment;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The actions as sequences of calls to the engine and the disk. A sequence that fails leaves nothing of what it made, except where
 * the engine no longer answers: the next snapshot tells what is there then. Only on the loop.
 */
public final class EngineSteps {
    private static final Logger LOG = LoggerFactory.getLogger(EngineSteps.class);

    /** So long something may be held before that is said. */
    private static final Duration LONG = Duration.ofSeconds(2);

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final ImagePulls images;
    private final FileMaking files;
    private final Supplier<NodeModel> node;
    private final List<String> allowed;
    private final Endings endings;
    private final LastOutput output;
    private final InitContainers parts;
    private final BiFunction<String, Assignment, Future<Void>> free;
    private final ContainerSpecs containers;
    private final PortOwners ports;
    private final EarlyJoins early;

    /** Who watches a creation. */
    public interface Progress extends PartWatch {
        /** Something to tell of the pull before it ends. */
        void remark(String words);

        /** The pull has come further. */
        void pulling(PullProgress progress);

        /** The image is there. */
        void pulled();

        /** All that it needs of others is theirs to give; nothing of its own is begun. Why it takes long, or empty: it does not yet. */
        void held(String words);

        /** The files are rendered too. */
        void prepared();

        /** The container is made, and not started yet. */
        void created();
    }

    /** @param free tells, by the cluster, when nothing that an order's container is to have is being removed any more */
    public EngineSteps(
            Loop loop,
            ContainerRuntime runtime,
            ImagePulls images,
            FileMaking files,
            Supplier<NodeModel> node,
            Endings endings,
            List<String> allowed,
            LastOutput output,
            InitContainers parts,
            BiFunction<String, Assignment, Future<Void>> free,
            ContainerSpecs containers,
            PortOwners ports,
            EarlyJoins early) {
        this.loop = loop;
        this.runtime = runtime;
        this.images = images;
        this.files = files;
        this.node = node;
        this.allowed = List.copyOf(allowed);
        this.output = output;
        this.parts = parts;
        this.free = free;
        this.containers = containers;
        this.ports = ports;
        this.early = early;
        this.endings = endings;
    }

    /** Fetches the image, renders the files, makes the container and starts it; gives what is known of the image. */
    public Future<PulledImage> create(String cluster, Assignment assignment, Progress progress) {
        if (assignment.unreadable() != null) {
            return Future.failedFuture(OrderRules.unreadable(assignment.unreadable()));
        }
        DeploymentSpec spec = Objects.requireNonNull(assignment.spec());
        String instance = assignment.instance();
        Supplier<Future<ImagePulls.Fetched>> pull = () -> call(() -> images.pull(
                instance,
                spec.image(),
                spec.pull(),
                spec.registryAuth(),
                image -> runtime.pull(image.on(spec.process().platform()), heard(progress))));
        Future<PulledImage> created = sound(assignment, spec)
                .compose(yes -> pull.get())
                .compose(fetched -> fetchParts(instance, spec, progress).map(fetched))
                .compose(fetched -> {
                    progress.pulled();
                    return ifWanted(progress)
                            .compose(yes -> containers.given(assignment, spec))
                            .compose(
                                    given -> free(cluster, assignment, progress).map(given))
                            .compose(given -> ifWanted(progress).map(given))
                            .compose(given -> {
                                progress.prepared();
                                Function<String, ContainerSpec> container =
                                        image -> containers.of(cluster, assignment, spec, image, given);
                                return initiate(instance, spec, container.apply(fetched.image()), progress)
                                        .compose(done -> ifWanted(progress))
                                        .compose(yes -> make(container.apply(fetched.image()))
                                                .recover(why -> isImageGone(why)
                                                        ? pull.get()
                                                                .compose(again -> make(container.apply(again.image())))
                                                        : Future.failedFuture(why)));
                            })
                            .compose(container -> {
                                progress.created();
                                return launch(instance, spec, container, progress);
                            })
                            .map(fetched.pulled());
                });
        return created.recover(why -> neverRan(assignment, why))
                .recover(why -> ports.named(loop, assignment.ports(), why))
                .recover(why -> withoutFiles(instance, why));
    }

    private Future<Void> free(String cluster, Assignment assignment, Progress progress) {
        Future<Void> freed = free.apply(cluster, assignment);
        if (!freed.isComplete()) {
            progress.held("");
            Loop.Timer late = loop.after(
                    LONG, () -> progress.held("waits until what is under way with its volumes or ports is over"));
            freed.onComplete(any -> late.cancel());
        }
        return freed;
    }

    private PullListener heard(Progress progress) {
        return new PullListener() {
            @Override
            public void remark(String words) {
                loop.execute(() -> progress.remark(words));
            }

            @Override
            public void progressed(PullProgress so) {
                loop.execute(() -> progress.pulling(so));
            }
        };
    }

    /** Somebody removed it meanwhile. */
    private static boolean isImageGone(Throwable why) {
        return why instanceof KnitException known && known.code() == ErrorCode.IMAGE_UNAVAILABLE;
    }

    private Future<Void> sound(Assignment assignment, DeploymentSpec spec) {
        try {
            OrderRules.check(assignment, spec);
            OrderRules.checkAllowed(HostAccess.of(spec), allowed, node.get().id());
            return Future.succeededFuture();
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
    }

    /**
     * Starts a container that is there. What of its files was in memory may be gone since. One that ran and is refused goes, for what made anew may
     * do, with what it wrote kept.
     *
     * @param last whether a refusal is its last: then it stays, for its log
     */
    public Future<Void> start(
            @Nullable Assignment assignment, String instance, ContainerSnapshot container, boolean last) {
        boolean ran = container.state() == ContainerState.EXITED;
        return restored(assignment)
                .compose(ready -> containers.areFoldersAsMade(container, assignment))
                .compose(same -> same ? ran ? again(container, last) : launch(container.id()) : toBeMadeAnew(container))
                .recover(why -> ran || assignment == null ? Future.failedFuture(why) : neverRan(assignment, why))
                .recover(why -> assignment == null
                        ? Future.failedFuture(why)
                        : ports.<Void>named(loop, assignment.ports(), why))
                .recover(why -> withoutFiles(instance, why));
    }

    /** Its start would follow a link that nobody has judged: made anew it is judged, or refused in words. */
    private Future<Void> toBeMadeAnew(ContainerSnapshot container) {
        LOG.warn(
                "a folder of the host that container {} was made with is not there, or a link since: the container is made anew",
                container.name());
        return remove(container, StopSpec.DEFAULT)
                .compose(removed -> Future.failedFuture(new Failure.AbandonedException()));
    }

    private Future<Void> restored(@Nullable Assignment assignment) {
        DeploymentSpec spec = assignment == null ? null : assignment.spec();
        return assignment == null || spec == null || spec.secrets().isEmpty()
                ? Future.succeededFuture()
                : loop.blocking(() -> {
                    files.restore(assignment, spec);
                    return null;
                });
    }

    /**
     * Ends a container as it wants to be ended, and leaves it there; where the runtime can't, it removes it.
     *
     * @param inTime whether it has to have ended when its grace is over, whatever else ends on the node
     */
    public Future<Void> stop(String container, StopSpec stop, boolean inTime) {
        return endings.stop(container, stop, inTime);
    }

    public Future<Void> remove(ContainerSnapshot container, StopSpec stop) {
        return output.around(container, new LastOutput.Leave() {
            private final boolean apart = container.state() == ContainerState.RUNNING && endings.leavesThere();

            @Override
            public @Nullable Future<Void> end() {
                return apart ? endings.stop(container.id(), stop, false) : null;
            }

            @Override
            public Future<Void> remove() {
                return apart ? endings.removeEnded(container.id()) : endings.remove(container, stop);
            }
        });
    }

    private Future<Void> remove(String container) {
        return call(() -> runtime.remove(container, endings.usual()));
    }

    /** Deletes an instance's files; a failure is only logged, the next start of the agent tries again. */
    public Future<Void> deleteFiles(String instance) {
        return loop.<Void>blocking(() -> {
                    files.delete(instance);
                    return null;
                })
                .otherwise(why -> {
                    LOG.warn("the rendered files of {} can't be deleted: {}", instance, why.getMessage());
                    return null;
                });
    }

    private Future<String> make(ContainerSpec container) {
        return call(() -> runtime.create(container));
    }

    private Future<Void> fetchParts(String instance, DeploymentSpec spec, Progress progress) {
        return PartImages.of(instance, spec).fetch(images, image -> call(() -> runtime.pull(image, heard(progress))));
    }

    private Future<Void> initiate(String instance, DeploymentSpec spec, ContainerSpec main, Progress progress) {
        List<PartRun> runs = Stream.concat(
                        spec.initContainers().stream().map(PartRun::init), Validation.all(spec, main).stream())
                .toList();
        return parts.run(runs, main, () -> fetchParts(instance, spec, progress), progress)
                .recover(why -> Future.failedFuture(progress.wanted() ? why : new Failure.AbandonedException()));
    }

    private <T> Future<T> neverRan(Assignment assignment, Throwable why) {
        return Future.failedFuture(
                AbsentAddress.ofFirstStart(assignment.ports(), node.get().meshIp(), why));
    }

    /** It had all that the node lacks now, and waits for it. */
    private Future<Void> again(ContainerSnapshot container, boolean last) {
        return call(() -> runtime.start(container.id())).recover(why -> {
            Failure.Kind kind = Failure.of(why).kind();
            return AbsentAddress.isWhy(why) || last && kind == Failure.Kind.REFUSED
                    ? Future.failedFuture(why)
                    : without(container.id(), () -> remove(container, StopSpec.DEFAULT), why);
        });
    }

    /** Who is to see its first word is there before that. */
    private Future<Void> launch(String instance, DeploymentSpec spec, String container, Progress progress) {
        Future<Void> joined = early.before(instance, spec, container, progress::wanted);
        if (!joined.isComplete()) {
            progress.awaits(true);
            Loop.Timer late = loop.after(
                    LONG,
                    () -> progress.lasts("waits for who gives it what it reads, for " + EarlyJoins.PATIENCE.toSeconds()
                            + " s at most"));
            joined.onComplete(any -> {
                late.cancel();
                progress.awaits(false);
            });
        }
        return joined.compose(yes -> progress.wanted()
                        ? launch(container)
                        : remove(container).transform(gone -> Future.failedFuture(new Failure.AbandonedException())))
                .onSuccess(done -> early.began(instance));
    }

    private Future<Void> launch(String container) {
        return call(() -> runtime.start(container)).recover(why -> without(container, () -> remove(container), why));
    }

    private Future<Void> without(String container, Supplier<Future<Void>> removal, Throwable why) {
        return Failure.of(why).kind().leavesOpen()
                ? Future.failedFuture(why)
                : removal.get()
                        .onFailure(e -> LOG.warn(
                                "container {} did not start and can't be removed: {}", container, e.getMessage()))
                        .transform(removed -> Future.failedFuture(why));
    }

    private <T> Future<T> withoutFiles(String instance, Throwable why) {
        return Failure.of(why).kind() == Failure.Kind.REJECTED
                ? deleteFiles(instance).compose(deleted -> Future.failedFuture(why))
                : Future.failedFuture(why);
    }

    /** A runtime that throws instead of failing its future is no reason to stop the agent. */
    private <T> Future<T> call(Supplier<Future<T>> step) {
        try {
            return loop.bring(step.get());
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private static Future<Void> ifWanted(Progress progress) {
        return progress.wanted() ? Future.succeededFuture() : Future.failedFuture(new Failure.AbandonedException());
    }
}
