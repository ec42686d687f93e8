package io.knit.core.agent.part;

import io.knit.api.model.IsolationSpec;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.PartSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.KnitLabels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A part as the engine is asked for it: with the main container's files and networks, and none of its names, ports, environment and rights. */
final class PartContainers {
    private PartContainers() {}

    static ContainerSpec of(ContainerSpec main, PartSpec part) {
        ProcessSpec usual = ProcessSpec.DEFAULT;
        boolean own = part.entrypoint().isEmpty();
        return new ContainerSpec(
                main.name() + "-" + part.name(),
                part.image(),
                own ? part.command() : part.entrypoint(),
                own
                        ? part.args()
                        : Stream.concat(part.command().stream(), part.args().stream())
                                .toList(),
                part.env(),
                labels(main, part),
                List.of(),
                main.mounts(),
                main.init(),
                main.noNewPrivileges(),
                main.resources(),
                new ProcessSpec(List.of(), part.user(), usual.groupAdd(), part.workdir(), usual.tty(), usual.ulimits())
                        .on(part.platform()),
                IsolationSpec.DEFAULT,
                main.scratch(),
                nameless(main.network()),
                main.log(),
                main.volumes(),
                main.slot(),
                main.resolver());
    }

    /** Without the spec's own, by which others, such as proxies, find what they are to use; and without its hash, so that no agent takes it for the main one. */
    private static Map<String, String> labels(ContainerSpec main, PartSpec part) {
        Map<String, String> labels = new HashMap<>(main.labels());
        labels.keySet().removeIf(key -> !key.startsWith(KnitLabels.PREFIX));
        labels.remove(KnitLabels.SPEC_HASH);
        labels.remove(KnitLabels.STOP);
        labels.remove(KnitLabels.KEEP_FAILED);
        labels.remove(KnitLabels.BINDS);
        labels.put(KnitLabels.PART, part.name());
        return labels;
    }

    /** Who asks for the deployment is not to be led to what makes it ready. */
    private static NetworkSpec nameless(NetworkSpec main) {
        return new NetworkSpec(
                main.network(),
                "",
                main.dns(),
                main.extraHosts(),
                main.networks().stream()
                        .map(network -> new NamedNetwork(network.name(), List.of(), network.internal()))
                        .toList());
    }
}
