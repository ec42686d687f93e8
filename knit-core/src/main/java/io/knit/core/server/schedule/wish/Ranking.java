package io.knit.core.server.schedule.wish;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Node;
import io.knit.api.model.Strategy;
import io.knit.core.rules.node.Match;
import io.knit.core.rules.node.NodeFact;
import java.util.List;

/**
 * Which of the nodes that fit had better be taken.
 *
 * @param spreadBy a label's key or a fact, over whose values instances are even; empty: over none
 * @param near deployments on whose nodes it had better be
 */
public record Ranking(String spreadBy, List<Liking> likings, List<String> near, Strategy strategy) {
    public Ranking {
        near = List.copyOf(near);
        likings = List.copyOf(likings);
    }

    /** One of a spec's preferences. */
    public record Liking(Match wished, int weight) {}

    static Ranking of(DeploymentSpec spec) {
        return new Ranking(
                spec.spreadBy(),
                spec.prefer().stream()
                        .map(preference -> new Liking(Match.of(preference.wished()), preference.weight()))
                        .toList(),
                spec.near(),
                spec.strategy());
    }

    /** What a node counts as where instances are even over something; nodes that don't have it are alike. */
    public String value(Node node) {
        String value = spreadBy.isEmpty() ? null : NodeFact.valueOf(spreadBy, node);
        return value == null ? "" : value;
    }

    /** The sum of the weights of what the node meets. */
    public int liking(Node node) {
        int sum = 0;
        for (Liking liking : likings) {
            sum += liking.wished().meets(node) ? liking.weight() : 0;
        }
        return sum;
    }
}
