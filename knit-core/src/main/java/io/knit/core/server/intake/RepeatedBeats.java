package io.knit.core.server.intake;

import io.knit.api.model.Node;
import io.knit.api.model.Peer;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.HeartbeatReply;
import io.knit.core.wire.WireCodec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node to which nothing happens says the same every few seconds, and is answered the same as the others: what was read or written once is not read or
 * written again. Of most servers this is all that they do. Not thread-safe.
 */
final class RepeatedBeats {
    /** What is longer is read each time, so that it takes no memory. */
    static final int LONGEST = 4 * 1024;

    private final Map<String, Said> last = new HashMap<>();
    private @Nullable Answered answered;

    /** @param node what became of it when it was looked at last, and all of it was taken; null: it was not looked at */
    private record Said(
            byte[] payload, Heartbeat beat, @Nullable Node node, Optional<Peer> owner) {}

    private record Answered(HeartbeatReply reply, byte[] payload) {}

    /** What the node's last one was read as, if this is the same; null: it is not. */
    @Nullable
    Heartbeat same(String node, byte[] payload) {
        Said said = last.get(node);
        return said != null && Arrays.equals(said.payload(), payload) ? said.beat() : null;
    }

    /** @param beat what a known node said */
    void heard(byte[] payload, Heartbeat beat) {
        Said said = last.get(beat.node());
        if ((said != null && said.beat() == beat) || beat.clock() != null) {
            // what tells the time is said once
            return;
        }
        if (payload.length <= LONGEST) {
            last.put(beat.node(), new Said(payload, beat, null, Optional.empty()));
        } else {
            last.remove(beat.node());
        }
    }

    /**
     * All of it was taken, and nothing is other for it: whatever it says of the node is known.
     *
     * @param owner of the node's mesh address, by which that was judged
     */
    void changedNothing(Heartbeat beat, Node node, Optional<Peer> owner) {
        Said said = last.get(beat.node());
        if (said != null && said.beat() == beat) {
            last.put(beat.node(), new Said(said.payload(), beat, node, owner));
        }
    }

    /** Whether it changes nothing, as the last time: the node is still the very same, and its address the same one's. */
    boolean changesNothing(Heartbeat beat, Node node, Optional<Peer> owner) {
        Said said = last.get(beat.node());
        return said != null
                && said.beat() == beat
                && said.node() == node
                && said.owner().equals(owner);
    }

    void forget(String node) {
        last.remove(node);
    }

    byte[] encode(HeartbeatReply reply) {
        Answered before = answered;
        if (before != null && before.reply().equals(reply)) {
            return before.payload();
        }
        byte[] payload = WireCodec.encode(reply);
        answered = new Answered(reply, payload);
        return payload;
    }
}
