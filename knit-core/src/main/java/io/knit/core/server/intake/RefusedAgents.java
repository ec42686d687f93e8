package io.knit.core.server.intake;

import io.knit.api.spi.Loop;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.StateWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of agents that were not let in, as an event and in the log. Seldom: they try again and again, and somebody who does it on purpose must
 * not push all else out of either. Loop-bound.
 */
final class RefusedAgents {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedAgents.class);
    static final Duration QUIET = Duration.ofMinutes(10);
    static final int MOST_IN_QUIET = 10;

    private final Loop loop;
    private final StateWriter writer;
    private final Map<String, Duration> told = new HashMap<>();
    private long untold;

    RefusedAgents(Loop loop, StateWriter writer) {
        this.loop = loop;
        this.writer = writer;
    }

    /** Tells it, unless this node's refusal or too many were told within the last ten minutes. */
    void tell(String node, String message) {
        Duration now = loop.elapsed();
        told.values().removeIf(at -> now.minus(at).compareTo(QUIET) >= 0);
        if (told.containsKey(node) || told.size() >= MOST_IN_QUIET) {
            untold++;
            return;
        }
        told.put(node, now);
        String words = untold == 0 ? message : message + " (" + untold + " more refusals were not told)";
        untold = 0;
        LOG.warn("{}", words);
        writer.submit(tip -> new Decision<>(List.of(new Change.RefuseAgent(node, words)), true))
                .onFailure(e -> LOG.debug("A refusal made no event: {}", e.getMessage()));
    }
}
