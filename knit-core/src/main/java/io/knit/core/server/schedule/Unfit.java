package io.knit.core.server.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers why no node fits, grouped by reason: with ten thousand nodes it must stay a sentence. */
final class Unfit {
    private static final int NODES_NAMED = 3;
    private static final int REASONS_NAMED = 5;

    private final Map<String, List<String>> nodesByReason = new LinkedHashMap<>();
    private int count;

    void add(String node, String reason) {
        nodesByReason.computeIfAbsent(reason, r -> new ArrayList<>()).add(node);
        count++;
    }

    String sentence() {
        if (count == 0) {
            return "no node fits: no agent has joined yet; start one with 'knit agent start'";
        }
        List<String> parts = new ArrayList<>();
        nodesByReason.entrySet().stream()
                .limit(REASONS_NAMED)
                .forEach(entry -> parts.add(named(entry.getValue()) + " " + entry.getKey()));
        int more = nodesByReason.size() - parts.size();
        if (more > 0) {
            parts.add("and " + more + " more reasons");
        }
        return "no node fits (" + count + (count == 1 ? " node" : " nodes") + " looked at): "
                + String.join("; ", parts);
    }

    private static String named(List<String> nodes) {
        String first = String.join(", ", nodes.subList(0, Math.min(NODES_NAMED, nodes.size())));
        return nodes.size() <= NODES_NAMED ? first : first + " and " + (nodes.size() - NODES_NAMED) + " more";
    }
}
