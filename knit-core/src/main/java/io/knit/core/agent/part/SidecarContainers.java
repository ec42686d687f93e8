package io.knit.core.agent.part;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.ScratchSpec;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.core.wire.Assignment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A sidecar as the engine is asked for it: in the network of the main container that is there and with its mounts besides its own, and with none of its ports, environment and rights. */
final class SidecarContainers {
    private SidecarContainers() {}

    /** @param volumes its own, as they are on the node */
    static ContainerSpec of(
            ContainerSnapshot main,
            Assignment order,
            DeploymentSpec spec,
            SidecarSpec sidecar,
            List<VolumeSpec> volumes) {
        ProcessSpec usual = ProcessSpec.DEFAULT;
        boolean own = sidecar.entrypoint().isEmpty();
        return new ContainerSpec(
                main.name() + "-" + sidecar.name(),
                sidecar.image(),
                own ? sidecar.command() : sidecar.entrypoint(),
                own
                        ? sidecar.args()
                        : Stream.concat(sidecar.command().stream(), sidecar.args().stream())
                                .toList(),
                sidecar.env(),
                labels(main, sidecar),
                List.of(),
                List.of(),
                spec.init(),
                spec.noNewPrivileges(),
                spec.resources(),
                new ProcessSpec(
                                List.of(),
                                sidecar.user(),
                                usual.groupAdd(),
                                sidecar.workdir(),
                                usual.tty(),
                                usual.ulimits())
                        .on(sidecar.platform()),
                IsolationSpec.DEFAULT,
                new ScratchSpec(
                        spec.scratch().readOnly(),
                        spec.scratch().tmpfs(),
                        spec.scratch().shmSize()),
                NetworkSpec.DEFAULT,
                spec.log(),
                volumes,
                volumes.isEmpty() ? null : slot(main, order),
                null,
                main.id());
    }

    /** The main one's: a name means the same volume to all containers of an instance. */
    private static SlotVolumes slot(ContainerSnapshot main, Assignment order) {
        return new SlotVolumes(
                main.labels().getOrDefault(KnitLabels.CLUSTER, ""),
                main.labels().getOrDefault(KnitLabels.NODE, ""),
                order.deployment(),
                order.slotName());
    }

    /** As the main one has them: what was made of one spec names it by the same words. */
    private static Map<String, String> labels(ContainerSnapshot main, SidecarSpec sidecar) {
        Map<String, String> labels = new HashMap<>(main.labels());
        labels.keySet().removeIf(key -> !key.startsWith(KnitLabels.PREFIX));
        labels.remove(KnitLabels.SPEC_HASH);
        labels.remove(KnitLabels.STOP);
        labels.put(KnitLabels.PART, sidecar.name());
        labels.put(KnitLabels.MAIN, main.id());
        return labels;
    }
}
