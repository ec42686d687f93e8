package io.knit.core.agent.reconcile;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Order;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Words for what a node has and shall have. */
final class Situation {
    static final Duration NOW = Duration.ofHours(5);
    static final String CLUSTER = "here";
    static final String HASH = "hash";

    private Situation() {}

    static AssignmentSet set(Assignment... assignments) {
        return AssignmentSet.of(1, List.of(assignments));
    }

    static Assignment run(String instance) {
        DeploymentSpec spec = DeploymentSpec.builder("web", "image:1").build();
        return new Assignment(instance, "web", 1, 0, Order.RUN, spec, HASH, List.of());
    }

    static Assignment stop(String instance) {
        return new Assignment(instance, "web", 1, 0, Order.STOP, null, "", List.of());
    }

    static ContainerSnapshot container(String id, String instance, ContainerState state, String hash) {
        return new ContainerSnapshot(id, "knit-" + instance, state, labels(CLUSTER, instance, hash), null, 0);
    }

    static Map<String, String> labels(String cluster, String instance, String hash) {
        return Map.of(KnitLabels.CLUSTER, cluster, KnitLabels.INSTANCE, instance, KnitLabels.SPEC_HASH, hash);
    }
}
