package io.knit.core.agent.engine;

import io.knit.api.command.Value;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.StopSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerResolver;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.FileMount;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.core.agent.render.FileMaking;
import io.knit.core.agent.render.NodeModel;
import io.knit.core.rules.process.HostAccess;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.InstanceIds;
import io.knit.core.wire.WireCodec;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Assignments as the engine is asked for them. Only on the loop. */
public final class ContainerSpecs {
    private final Loop loop;
    private final FileMaking files;
    private final Supplier<NodeModel> node;
    private final List<String> allowed;
    private final Function<DeploymentSpec, Optional<ContainerResolver>> resolvers;

    public ContainerSpecs(
            Loop loop,
            FileMaking files,
            Supplier<NodeModel> node,
            List<String> allowed,
            Function<DeploymentSpec, Optional<ContainerResolver>> resolvers) {
        this.loop = loop;
        this.files = files;
        this.node = node;
        this.allowed = List.copyOf(allowed);
        this.resolvers = resolvers;
    }

    /** Renders the files and writes them. */
    Future<Given> given(Assignment assignment, DeploymentSpec spec) {
        return rendered(assignment, spec).compose(given -> on(spec, given));
    }

    private Future<Given> rendered(Assignment assignment, DeploymentSpec spec) {
        if (FileMaking.isNothing(spec)) {
            return Future.succeededFuture(new Given(spec.env(), List.of(), List.of()));
        }
        NodeModel on = node.get();
        return loop.computing(() -> files.made(assignment, spec, on))
                .compose(made -> loop.blocking(() -> files.write(assignment.instance(), spec, made))
                        .map(mounts -> new Given(made.env(), mounts, List.of())));
    }

    /** As a container has it that is there, with other contents of some files, by their places, in the places of these. */
    Future<Given> trial(Assignment assignment, DeploymentSpec spec, SortedMap<Integer, Value.Content> others) {
        NodeModel on = node.get();
        return loop.computing(() -> files.environment(assignment, spec, on))
                .compose(env -> loop.blocking(() -> files.trial(assignment.instance(), spec, others))
                        .map(mounts -> new Given(env, mounts, List.of())))
                .compose(given -> on(spec, given));
    }

    /** A node that lacks what a sidecar is to have takes none of the instance. */
    private Future<Given> on(DeploymentSpec spec, Given given) {
        return found(spec.allVolumes()).compose(all -> found(spec.volumes())).map(given::with);
    }

    /**
     * Volumes of a sidecar's own as they are here. The agent that made its main container may have allowed more.
     *
     * @return fails with {@code INVALID_VALUE}: one is not there, or not allowed
     */
    public Future<List<VolumeSpec>> own(List<VolumeSpec> volumes) {
        try {
            OrderRules.checkAllowed(
                    HostAccess.ofVolumes(volumes), allowed, node.get().id());
            return found(volumes);
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
    }

    /**
     * Whether the folders of the host that a container was made with are still what they were: somebody who may write above one may have put a link
     * in its place.
     *
     * @param assignment its order, by which the folders of one are told that an older agent made
     */
    Future<Boolean> areFoldersAsMade(ContainerSnapshot container, @Nullable Assignment assignment) {
        String made = container.labels().get(KnitLabels.BINDS);
        DeploymentSpec spec = assignment == null ? null : assignment.spec();
        List<String> paths;
        try {
            paths = made != null
                    ? List.of(WireCodec.decodeText(made, String[].class))
                    : spec == null ? List.of() : binds(spec.volumes());
        } catch (KnitException e) {
            return Future.succeededFuture(false);
        }
        return paths.isEmpty() ? Future.succeededFuture(true) : loop.blocking(() -> BoundFolders.areThemselves(paths));
    }

    private static List<String> binds(List<VolumeSpec> volumes) {
        return volumes.stream()
                .filter(VolumeSpec::isBound)
                .map(VolumeSpec::bind)
                .toList();
    }

    /** Folders of the host are looked up there: a link in one that is allowed leads anywhere. */
    private Future<List<VolumeSpec>> found(List<VolumeSpec> volumes) {
        String host = node.get().id();
        return volumes.stream().noneMatch(VolumeSpec::isBound)
                ? Future.succeededFuture(volumes)
                : loop.blocking(() -> BoundFolders.found(volumes, allowed, host));
    }

    /**
     * @param image by which the engine has what was fetched
     * @param given what was made ready on the node
     */
    ContainerSpec of(String cluster, Assignment assignment, DeploymentSpec spec, String image, Given given) {
        String host = node.get().id();
        Map<String, String> labels = new HashMap<>(spec.labels());
        labels.keySet().removeIf(key -> key.startsWith(KnitLabels.PREFIX));
        labels.put(KnitLabels.CLUSTER, cluster);
        labels.put(KnitLabels.NODE, host);
        labels.put(KnitLabels.DEPLOYMENT, assignment.deployment());
        labels.put(KnitLabels.REVISION, Integer.toString(assignment.revision()));
        labels.put(KnitLabels.INSTANCE, assignment.instance());
        labels.put(KnitLabels.SLOT, Integer.toString(assignment.slot()));
        labels.put(KnitLabels.SPEC_HASH, assignment.specHash());
        if (!spec.stop().equals(StopSpec.DEFAULT)) {
            labels.put(KnitLabels.STOP, WireCodec.encodeText(spec.stop()));
        }
        if (spec.keepFailed() > 0) {
            labels.put(KnitLabels.KEEP_FAILED, Integer.toString(spec.keepFailed()));
        }
        List<String> binds = binds(given.volumes());
        if (!binds.isEmpty()) {
            labels.put(KnitLabels.BINDS, WireCodec.encodeText(binds));
        }
        String shared = spec.allVolumes().stream()
                .filter(VolumeSpec::isShared)
                .map(VolumeSpec::of)
                .distinct()
                .collect(Collectors.joining(","));
        if (!shared.isEmpty()) {
            labels.put(KnitLabels.SHARES, shared);
        }
        List<String> entrypoint = spec.process().entrypoint();
        return new ContainerSpec(
                InstanceIds.container(assignment.instance(), null),
                image,
                entrypoint.isEmpty() ? spec.command() : entrypoint,
                entrypoint.isEmpty() ? spec.args() : arguments(spec),
                given.env(),
                labels,
                // those that the agent holds itself the engine does not publish
                assignment.ports().stream().filter(port -> !port.relay()).toList(),
                given.files(),
                spec.init(),
                spec.noNewPrivileges(),
                spec.resources(),
                spec.process(),
                spec.isolation(),
                spec.scratch(),
                spec.network(),
                spec.log(),
                given.volumes(),
                new SlotVolumes(cluster, host, assignment.deployment(), assignment.slotName()),
                resolvers.apply(spec).orElse(null),
                null,
                // a node is not told the mode; no job is started again
                spec.process().stdin() && spec.restart().condition() == RestartSpec.Condition.NEVER);
    }

    /**
     * What a container gets of its node.
     *
     * @param env the whole environment
     * @param files rendered, and secrets
     * @param volumes those of the spec, folders of the host by their real paths
     */
    record Given(Map<String, String> env, List<FileMount> files, List<VolumeSpec> volumes) {
        Given with(List<VolumeSpec> found) {
            return new Given(env, files, found);
        }

        /** Without the environment. */
        @Override
        public String toString() {
            return "Given[files=" + files + ", volumes=" + volumes + "]";
        }
    }

    /** Of an entrypoint that the spec gives. */
    private static List<String> arguments(DeploymentSpec spec) {
        return Stream.concat(spec.command().stream(), spec.args().stream()).toList();
    }
}
