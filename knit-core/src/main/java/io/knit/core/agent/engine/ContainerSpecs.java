package io.knit.core.agent.engine;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.StopSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ContainerResolver;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.FileMount;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.WireCodec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An assignment as the engine is asked for it. */
final class ContainerSpecs {
    private ContainerSpecs() {}

    /**
     * @param image by which the engine has what was fetched
     * @param given what was made ready on the node
     */
    static ContainerSpec of(
            String cluster,
            String node,
            Assignment assignment,
            DeploymentSpec spec,
            String image,
            Given given,
            @Nullable ContainerResolver resolver) {
        Map<String, String> labels = new HashMap<>(spec.labels());
        labels.keySet().removeIf(key -> key.startsWith(KnitLabels.PREFIX));
        labels.put(KnitLabels.CLUSTER, cluster);
        labels.put(KnitLabels.NODE, node);
        labels.put(KnitLabels.DEPLOYMENT, assignment.deployment());
        labels.put(KnitLabels.REVISION, Integer.toString(assignment.revision()));
        labels.put(KnitLabels.INSTANCE, assignment.instance());
        labels.put(KnitLabels.SLOT, Integer.toString(assignment.slot()));
        labels.put(KnitLabels.SPEC_HASH, assignment.specHash());
        if (!spec.stop().equals(StopSpec.DEFAULT)) {
            labels.put(KnitLabels.STOP, WireCodec.encodeText(spec.stop()));
        }
        List<String> entrypoint = spec.process().entrypoint();
        return new ContainerSpec(
                "knit-" + assignment.instance(),
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
                new SlotVolumes(cluster, node, assignment.deployment(), assignment.slotName()),
                resolver);
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
