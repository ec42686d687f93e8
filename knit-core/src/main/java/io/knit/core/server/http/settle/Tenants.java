package io.knit.core.server.http.settle;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import java.util.ArrayList;
import java.util.List;

/**
 * What a node has, and for each what keeps it there.
 *
 * @param all how many there are, also those that have ended
 * @param kept a sentence for each that has not
 */
record Tenants(int all, List<String> kept) {
    private static final int TOLD = 5;

    static Tenants of(ClusterSnapshot snapshot, String node) {
        int all = 0;
        List<String> kept = new ArrayList<>();
        for (DeploymentView view : snapshot.deployments()) {
            for (Instance instance : view.instances()) {
                if (node.equals(instance.node())) {
                    all++;
                    if (!instance.state().isEnd()) {
                        kept.add(instance.id() + " (" + why(view, instance) + ")");
                    }
                }
            }
        }
        return new Tenants(all, kept);
    }

    /** Whether it has none at all. */
    boolean isNone() {
        return all == 0;
    }

    /** Whether nothing runs there, nor will. */
    boolean isEmpty() {
        return kept.isEmpty();
    }

    /** {@code : 2 instances are still there: …}; empty where there is none. */
    String words() {
        if (kept.isEmpty()) {
            return "";
        }
        String more = kept.size() > TOLD ? " and " + (kept.size() - TOLD) + " more" : "";
        return ": " + kept.size() + (kept.size() == 1 ? " instance is" : " instances are") + " still there: "
                + String.join(", ", kept.subList(0, Math.min(TOLD, kept.size()))) + more;
    }

    /** What takes its place says more than it does itself. */
    private static String why(DeploymentView view, Instance instance) {
        return view.instances().stream()
                .filter(next -> next != instance && next.slotKey().equals(instance.slotKey()))
                .filter(next -> !next.state().isEnd() && !next.isHealthy())
                .findFirst()
                .map(next -> next.id() + " is to take its place, and is "
                        + next.state().wireName()
                        + (next.reason().isEmpty() ? "" : ": " + next.reason()))
                .orElseGet(() -> instance.reason().isEmpty() ? "its turn has not come" : instance.reason());
    }
}
