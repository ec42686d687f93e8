package io.knit.core.server.rehearsal;

import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Nodes that do at once what they are told: what they would say of it. One that is down says nothing. */
final class ObedientNodes {
    private ObedientNodes() {}

    /** @param told ids of the instances of which something was decided */
    static List<Change> said(ClusterState state, Collection<String> told, Instant now) {
        List<Change> said = new ArrayList<>();
        for (String id : told) {
            Instance instance = state.instance(id);
            Change answer = instance == null ? null : said(state, instance, now);
            if (answer != null) {
                said.add(answer);
            }
        }
        return said;
    }

    private static @Nullable Change said(ClusterState state, Instance instance, Instant now) {
        if (instance.node() == null) {
            return instance.preparation() == null || instance.preparation().done()
                    ? null
                    : new Change.PutInstance(instance.prepared(state.served()));
        }
        Node node = state.node(instance.node());
        if (node == null || node.state() == NodeState.DOWN) {
            return null;
        }
        if (instance.order() == Order.STOP) {
            return new Change.RemoveInstance(instance.id());
        }
        return instance.observed().state() != null
                ? null
                : new Change.PutObserved(
                        instance.id(),
                        new Observed(InstanceState.RUNNING, "", 0, false, 1, now).healthySince(state.served()));
    }
}
