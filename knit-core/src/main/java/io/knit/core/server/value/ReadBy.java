package io.knit.core.server.value;

import io.knit.api.command.Value;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PartSpec;
import io.knit.api.model.SidecarSpec;
import io.knit.core.rules.ImageReference;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who reads what is kept (pure). */
public final class ReadBy {
    private ReadBy() {}

    /** Names of deployments, by the names of what their present revisions read. */
    public static Map<String, List<String>> of(ClusterState state, Value.Kind kind) {
        SortedMap<String, List<String>> readers = new TreeMap<>();
        String prefix = kind.wireName() + "/";
        for (Deployment deployment : state.deployments().values()) {
            if (deployment.deleting()) {
                continue;
            }
            Collection<String> read =
                    kind == Value.Kind.REGISTRY ? registries(deployment.spec()) : reads(state, deployment, prefix);
            read.forEach(name ->
                    readers.computeIfAbsent(name, none -> new ArrayList<>()).add(deployment.name()));
        }
        readers.values().forEach(names -> names.sort(null));
        return readers;
    }

    private static List<String> reads(ClusterState state, Deployment deployment, String prefix) {
        Revision present = state.revision(deployment.name(), deployment.revision());
        return present == null
                ? List.of()
                : present.reads().keySet().stream()
                        .filter(at -> at.startsWith(prefix))
                        .map(at -> at.substring(prefix.length()))
                        .toList();
    }

    private static Collection<String> registries(DeploymentSpec spec) {
        Stream<String> own = spec.registryAuth() == null ? Stream.of(spec.image()) : Stream.empty();
        Stream<String> before = spec.initContainers().stream().map(PartSpec::image);
        Stream<String> beside = spec.sidecars().stream().map(SidecarSpec::image);
        return Stream.of(own, before, beside)
                .flatMap(images -> images)
                .map(ImageReference::registry)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
