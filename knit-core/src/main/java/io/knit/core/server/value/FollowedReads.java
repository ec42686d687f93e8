package io.knit.core.server.value;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.TemplateSpec;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.KnownValue;
import io.knit.core.spec.SpecTable;
import io.knit.core.wire.Features;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which versions a deployment's containers can have others of while they run: what is read in files alone that follow, as long as every agent that has one of them knows how. The others are
 * part of what the container is (pure).
 */
public final class FollowedReads {
    /** Null: everything is part of the container. */
    private final @Nullable Set<String> fixed;

    private FollowedReads(@Nullable Set<String> fixed) {
        this.fixed = fixed;
    }

    /**
     * As it is for containers by this spec, with the agents that have some now.
     *
     * @param reads the versions that it has, by {@link KnownValue#at}
     */
    public static FollowedReads of(ClusterState state, DeploymentSpec spec, Map<String, Integer> reads) {
        if (spec.templates().stream().noneMatch(TemplateSpec::follows) || !areAble(state, spec.name())) {
            return new FollowedReads(null);
        }
        List<TemplateSpec> others =
                spec.templates().stream().filter(it -> !it.follows()).toList();
        return new FollowedReads(
                ReadVersions.reads(state, SpecTable.SPEC.with(spec, Map.of("templates", others)), reads)
                        .keySet());
    }

    private static boolean areAble(ClusterState state, String name) {
        return state.instancesOf(name).stream()
                .map(Instance::node)
                .filter(Objects::nonNull)
                .map(state::node)
                .allMatch(node -> node == null || node.features().contains(Features.FOLLOWED_VALUES));
    }

    /**
     * Whether a container with the ones can have the others, too, as it is.
     *
     * @param before by {@link KnownValue#at}
     * @param after by the same
     */
    public boolean areAlike(Map<String, Integer> before, Map<String, Integer> after) {
        if (before.equals(after)) {
            return true;
        }
        if (fixed == null) {
            return false;
        }
        Set<String> all = new TreeSet<>(before.keySet());
        all.addAll(after.keySet());
        return all.stream().allMatch(at -> !fixed.contains(at) || Objects.equals(before.get(at), after.get(at)));
    }
}
