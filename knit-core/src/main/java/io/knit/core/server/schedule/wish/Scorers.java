package io.knit.core.server.schedule.wish;

import io.knit.api.embed.Scorer;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Node;
import io.knit.core.plugin.Foreign;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What who embeds the server likes of nodes, beside what specs prefer. */
public record Scorers(List<Weighed> all) {
    public static final Scorers NONE = new Scorers(List.of());
    /** With all preferences that a spec can have they still fit into what a seat has for them. */
    public static final int MOST = 8;

    public static final int MOST_WEIGHT = 100;
    private static final int BEST = 100;

    /**
     * One of them.
     *
     * @param name by which an explanation calls it
     * @param weight what a score of 100 counts beside the weights of preferences
     */
    public record Weighed(String name, int weight, Scorer scorer) {
        int of(DeploymentSpec spec, Node node) {
            // a foreign word must not keep a deployment from being placed; who calls it has it logged
            int score = Foreign.call(() -> scorer.score(spec, node), e -> 0);
            return weight * Math.max(0, Math.min(BEST, score)) / BEST;
        }
    }

    public Scorers {
        all = List.copyOf(all);
    }

    /** What they give a node altogether. */
    public int of(DeploymentSpec spec, Node node) {
        int sum = 0;
        for (Weighed each : all) {
            sum += each.of(spec, node);
        }
        return sum;
    }

    /** What each gives a node, by its name, in their order. */
    public Map<String, Integer> each(DeploymentSpec spec, Node node) {
        if (all.isEmpty()) {
            return Map.of();
        }
        Map<String, Integer> each = new LinkedHashMap<>();
        all.forEach(it -> each.put(it.name(), it.of(spec, node)));
        return each;
    }
}
