package io.knit.core.server.intake;

import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.core.server.alive.NodeWatch;
import io.knit.core.server.join.ForeignAgents;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.wire.HeartbeatHead;
import io.knit.core.wire.HeartbeatReply;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.Speaks;
import io.knit.core.wire.WireCodec;
import java.time.Duration;
import java.util.List;

/**
 * Agents whose heartbeats this server can't read, as those of a later release. They are heard, so their nodes are not down and keep what they
 * run; the node's condition and the agent's log say why it gets no new work. Loop-bound.
 */
final class UnreadAgents {
    private static final int LONGEST_VERSION = 100;

    private final Loop loop;
    private final StateWriter writer;
    private final NodeWatch watch;
    private final ForeignAgents strangers;
    private final Speaks ours;

    UnreadAgents(Loop loop, StateWriter writer, NodeWatch watch, ForeignAgents strangers, Speaks ours) {
        this.loop = loop;
        this.writer = writer;
        this.watch = watch;
        this.strangers = strangers;
        this.ours = ours;
    }

    /** @param speaker the node on whose subject it came, which is let in and has this identity if it is known */
    void take(String speaker, HeartbeatHead head, TransportMessage message, Duration at) {
        ClusterState state = writer.committed();
        String agent = head.agentVersion() == null ? "" : PlainText.of(head.agentVersion(), LONGEST_VERSION);
        String words = words(head, agent);
        Node known = state.node(speaker);
        if (known == null) {
            strangers.heard(speaker, head, words);
        } else {
            watch.heard(speaker, at);
            if (!told(known, agent, words).equals(known)) {
                writer.submit(tip -> decide(tip, speaker, agent, words));
            }
        }
        message.reply(WireCodec.encode(HeartbeatReply.notUnderstood(state.cluster(), ours, head.spoken(), words)));
    }

    private Decision<Boolean> decide(ClusterState tip, String id, String agent, String words) {
        Node known = tip.node(id);
        return known == null
                ? Decision.nothing(false)
                : new Decision<>(Change.between(known, told(known, agent, words)), true);
    }

    private Node told(Node known, String agent, String words) {
        NodeFacts facts = known.facts().notUnderstood(agent, words);
        return known.with(facts).judged(NodeState.READY, "", List.of(NodeJudgement.Witness.HEARTBEAT), loop.now());
    }

    private String words(HeartbeatHead head, String agent) {
        String who = agent.isEmpty() ? "its agent" : "its agent " + agent;
        return ours.includes(head.v())
                ? who
                        + " says what this server can't read; upgrade the server, which comes first, or put the agent of this release back"
                : who + " speaks " + head.spoken().words() + " of the protocol and this server " + ours.words()
                        + "; upgrade " + (head.v() > ours.max() ? "the server, which comes first" : "the agent");
    }
}
