package io.knit.core.server.join;

import io.knit.api.model.Capacity;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.spi.loop.Loop;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.wire.HeartbeatHead;
import io.knit.core.wire.PlainText;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Agents that speak here and are not this server's to command: of other clusters, mostly all of them, after their server was started with the wrong data, or of
 * a release that it can't read. They are nobody's nodes and not
 * stored; people see them beside the nodes as long as they speak. Loop-bound, but for {@link #nodes}.
 */
public final class ForeignAgents {
    static final int MOST = 1_000;

    private static final int LONGEST_TEXT = 255;

    static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(30);

    private static final String DEADLINE = "strangers";

    private final Loop loop;
    private final Agenda agenda;
    private boolean armed;
    private final Map<String, Seen> seen = new LinkedHashMap<>();
    private volatile List<Node> nodes = List.of();

    /** @param at by the loop's {@code elapsed} */
    private record Seen(Node node, Duration at) {}

    public ForeignAgents(Loop loop, Agenda agenda) {
        this.loop = loop;
        this.agenda = agenda;
    }

    /** As nodes that are discovered only. Any thread. */
    public List<Node> nodes() {
        return nodes;
    }

    public void heard(String speaker, HeartbeatHead head, String words) {
        @Nullable Seen before = seen.remove(speaker);
        if (before == null && seen.size() >= MOST) {
            return;
        }
        Node node = before != null && before.node().reason().equals(words)
                ? before.node()
                : node(speaker, head, words, loop.now());
        seen.put(speaker, new Seen(node, loop.elapsed()));
        if (before == null || node != before.node()) {
            publish();
        }
        arm();
    }

    private static Node node(String speaker, HeartbeatHead head, String words, Instant now) {
        NodeFacts facts = new NodeFacts(
                shown(head.hostname()),
                Map.of(),
                Capacity.UNKNOWN,
                shown(head.engineVersion()),
                shown(head.agentVersion()),
                null,
                null,
                "",
                List.of());
        NodeJudgement judgement =
                new NodeJudgement(NodeState.DISCOVERED, words, now, List.of(NodeJudgement.Witness.HEARTBEAT));
        return new Node(speaker, "", null, NodeWish.NONE, facts, judgement);
    }

    private static String shown(@Nullable String text) {
        return text == null ? "" : PlainText.of(text, LONGEST_TEXT);
    }

    private void arm() {
        if (!armed && !seen.isEmpty()) {
            armed = true;
            agenda.after(DEADLINE, FORGOTTEN_AFTER, this::dropSilent);
        }
    }

    private void dropSilent() {
        armed = false;
        Duration longAgo = loop.elapsed().minus(FORGOTTEN_AFTER);
        if (seen.values().removeIf(last -> last.at().compareTo(longAgo) <= 0)) {
            publish();
        }
        arm();
    }

    private void publish() {
        nodes = seen.values().stream().map(Seen::node).toList();
    }

    public void close() {
        agenda.cancel(DEADLINE);
    }
}
