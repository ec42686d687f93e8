package io.knit.core.agent.run;

import io.knit.api.AgentTiming;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerResolver;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.core.agent.disk.KeptInstance;
import io.knit.core.agent.engine.ContainerSpecs;
import io.knit.core.agent.engine.Endings;
import io.knit.core.agent.engine.EngineSteps;
import io.knit.core.agent.engine.Trials;
import io.knit.core.agent.failed.KeptFailed;
import io.knit.core.agent.health.Reach;
import io.knit.core.agent.inside.EarlyJoins;
import io.knit.core.agent.output.LastOutput;
import io.knit.core.agent.part.InitContainers;
import io.knit.core.agent.part.SidecarSteps;
import io.knit.core.agent.port.PortOwners;
import io.knit.core.agent.pull.ImagePulls;
import io.knit.core.agent.reconcile.memory.BackOff;
import io.knit.core.agent.remember.Silence;
import io.knit.core.agent.render.FileMaking;
import io.knit.core.agent.render.NodeModel;
import io.knit.core.wire.Assignment;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What a runner is made of, and how that makes what it works with.
 *
 * @param before what an earlier run of the agent kept of its instances
 * @param allowed what instances may ask of this host
 * @param free tells, by the cluster, when nothing that an order's container is to have is being removed any more
 * @param resolvers who answers the questions for names of a container
 * @param early who joined what is not started yet
 */
public record RunnerParts(
        Loop loop,
        ContainerRuntime runtime,
        ImagePulls images,
        AgentTiming timing,
        Path dataDir,
        FileMaking files,
        Reach connections,
        Supplier<NodeModel> node,
        List<KeptInstance> before,
        List<String> allowed,
        LastOutput output,
        KeptFailed failed,
        BiFunction<String, Assignment, Future<Void>> free,
        Function<DeploymentSpec, Optional<ContainerResolver>> resolvers,
        EarlyJoins early,
        RunListener listener) {

    BackOff backOff() {
        return new BackOff(timing.restartFirst(), timing.restartMost(), timing.stableAfter());
    }

    /** Those that were stopped in a silence before are so until a server is heard. */
    Silence silence() {
        return new Silence(
                loop.elapsed(),
                before.stream()
                        .filter(it -> it.silenced() && it.over() == null)
                        .map(KeptInstance::instance)
                        .collect(Collectors.toSet()));
    }

    Endings endings() {
        return new Endings(loop, runtime, timing.stopGrace());
    }

    ContainerSpecs specs() {
        return new ContainerSpecs(loop, files, node, allowed, resolvers);
    }

    EngineSteps steps(Endings endings, InitContainers inits, ContainerSpecs specs) {
        return new EngineSteps(
                loop,
                runtime,
                images,
                files,
                node,
                endings,
                allowed,
                output,
                inits,
                free,
                specs,
                new PortOwners(dataDir.getFileSystem().getPath("/")),
                early);
    }

    SidecarSteps sidecars(ContainerSpecs specs) {
        return new SidecarSteps(loop, runtime, images, output, timing.stopGrace(), specs::own);
    }

    Trials trials(ContainerSpecs specs, InitContainers inits) {
        return new Trials(loop, runtime, images, files, specs, inits);
    }
}
