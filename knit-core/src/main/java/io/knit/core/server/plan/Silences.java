package io.knit.core.server.plan;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How long the work on a silent node is waited for (pure). */
public final class Silences {
    private Silences() {}

    /**
     * When what a deployment has on a node that is down is replaced, by the time for which a server was there.
     *
     * @return null: it is as soon as its node is down, or its node is not
     */
    public static @Nullable Instant replacedAt(DeploymentSpec spec, @Nullable Node node) {
        Duration after = spec.disconnect().replaceAfter();
        if (after == null || node == null || node.state() != NodeState.DOWN) {
            return null;
        }
        Instant since = node.judgement().silentSince();
        return since == null ? null : since.plus(after);
    }
}
