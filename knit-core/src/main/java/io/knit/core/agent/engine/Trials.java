package io.knit.core.agent.engine;

import io.knit.api.command.Value;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.core.agent.part.InitContainers;
import io.knit.core.agent.part.PartRun;
import io.knit.core.agent.part.PartWatch;
import io.knit.core.agent.part.Validation;
import io.knit.core.agent.pull.ImagePulls;
import io.knit.core.agent.render.FileMaking;
import io.knit.core.wire.Assignment;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the commands that must accept the files of a container that runs whether they take others, in throw-away containers like it. These are none that
 * its instance should have: who looks after that passes over them while they run. Only on the loop.
 */
public final class Trials {
    private static final Logger LOG = LoggerFactory.getLogger(Trials.class);

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final ImagePulls images;
    private final FileMaking files;
    private final ContainerSpecs containers;
    private final InitContainers parts;
    private final Set<String> running = new HashSet<>();

    public Trials(
            Loop loop,
            ContainerRuntime runtime,
            ImagePulls images,
            FileMaking files,
            ContainerSpecs containers,
            InitContainers parts) {
        this.loop = loop;
        this.runtime = runtime;
        this.images = images;
        this.files = files;
        this.containers = containers;
        this.parts = parts;
    }

    /** Whether a container of this name is one. */
    public boolean has(String container) {
        return running.contains(container);
    }

    /**
     * Why contents are refused, by the places of their templates; of one that is not there nothing is refused. Fails where the engine or the disk
     * does not let it be known, or it is not wanted any more.
     */
    public Future<SortedMap<Integer, String>> faults(
            String cluster,
            Assignment assignment,
            DeploymentSpec spec,
            SortedMap<Integer, Value.Content> others,
            BooleanSupplier wanted) {
        String instance = assignment.instance();
        // a container of it is there: nothing new is fetched for a file's sake
        PullPolicy policy = spec.pull() == PullPolicy.NEVER ? PullPolicy.NEVER : PullPolicy.MISSING;
        Supplier<Future<ImagePulls.Fetched>> fetch = () -> images.pull(
                instance,
                spec.image(),
                policy,
                spec.registryAuth(),
                image -> runtime.pull(image.on(spec.process().platform())));
        return fetch.get()
                .compose(fetched -> containers
                        .trial(assignment, spec, others)
                        .map(given -> containers.of(cluster, assignment, spec, fetched.image(), given)))
                .compose(main -> judged(spec, main, others, () -> fetch.get().mapEmpty(), wanted))
                .eventually(() -> loop.<Void>blocking(() -> {
                            files.endTrial(instance);
                            return null;
                        })
                        .otherwise(why -> {
                            LOG.warn("files of {} that were tried can't be deleted: {}", instance, why.getMessage());
                            return null;
                        }));
    }

    private Future<SortedMap<Integer, String>> judged(
            DeploymentSpec spec,
            ContainerSpec main,
            SortedMap<Integer, Value.Content> others,
            Supplier<Future<Void>> fetch,
            BooleanSupplier wanted) {
        SortedMap<Integer, String> faults = new TreeMap<>();
        Future<Void> all = Future.succeededFuture();
        for (int template : others.keySet()) {
            if (Validation.isWanted(spec.templates().get(template))) {
                PartRun run = Validation.of(spec, template, main);
                all = all.compose(before -> one(run, main, fetch, wanted)
                        .recover(why -> refused(why) ? said(faults, template, why) : Future.failedFuture(why)));
            }
        }
        return all.map(faults);
    }

    private Future<Void> one(PartRun run, ContainerSpec main, Supplier<Future<Void>> fetch, BooleanSupplier wanted) {
        String name = Validation.container(run, main);
        running.add(name);
        return parts.run(List.of(run), main, fetch, new Quietly(wanted)).onComplete(any -> running.remove(name));
    }

    private static Future<Void> said(SortedMap<Integer, String> faults, int template, Throwable why) {
        faults.put(template, Failure.of(why).words());
        return Future.succeededFuture();
    }

    private static boolean refused(Throwable why) {
        return why instanceof KnitException && !Failure.of(why).kind().leavesOpen();
    }

    /** What runs is told by nobody but its end. */
    private record Quietly(BooleanSupplier isWanted) implements PartWatch {
        @Override
        public boolean wanted() {
            return isWanted.getAsBoolean();
        }

        @Override
        public void awaits(boolean end) {}

        @Override
        public void lasts(String words) {}

        @Override
        public void wrote(String text) {}
    }
}
