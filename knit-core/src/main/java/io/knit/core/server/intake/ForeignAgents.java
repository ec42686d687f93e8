package io.knit.core.server.intake;

import io.knit.api.model.Capacity;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.spi.Loop;
import io.knit.core.wire.Heartbeat;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Agents of other clusters that speak here: mostly all of them, after their server was started with the wrong data. They are nobody's nodes and not
 * stored; people see them beside the nodes as long as they speak. Loop-bound, but for {@link #nodes}.
 */
final class ForeignAgents {
    static final int MOST = 1_000;
    static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(30);

    private final Loop loop;
    private final Map<String, Seen> seen = new LinkedHashMap<>();
    private volatile List<Node> nodes = List.of();
    private Loop.@Nullable Timer timer;

    private record Seen(Node node, Instant at) {}

    ForeignAgents(Loop loop) {
        this.loop = loop;
    }

    /** As nodes that are discovered only. Any thread. */
    List<Node> nodes() {
        return nodes;
    }

    void heard(Heartbeat beat, String words) {
        Instant now = loop.now();
        @Nullable Seen before = seen.remove(beat.node());
        if (before == null && seen.size() >= MOST) {
            return;
        }
        Node node = before != null && before.node().reason().equals(words) ? before.node() : node(beat, words, now);
        seen.put(beat.node(), new Seen(node, now));
        if (before == null || node != before.node()) {
            publish();
        }
        arm();
    }

    private static Node node(Heartbeat beat, String words, Instant now) {
        return new Node(
                beat.node(),
                "",
                null,
                beat.hostname(),
                NodeState.DISCOVERED,
                Map.of(),
                Capacity.UNKNOWN,
                beat.engineVersion(),
                beat.agentVersion(),
                null,
                null,
                "",
                words,
                now);
    }

    private void arm() {
        if (timer == null && !seen.isEmpty()) {
            timer = loop.after(FORGOTTEN_AFTER, this::dropSilent);
        }
    }

    private void dropSilent() {
        timer = null;
        Instant longAgo = loop.now().minus(FORGOTTEN_AFTER);
        if (seen.values().removeIf(last -> !last.at().isAfter(longAgo))) {
            publish();
        }
        arm();
    }

    private void publish() {
        nodes = seen.values().stream().map(Seen::node).toList();
    }

    void close() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
