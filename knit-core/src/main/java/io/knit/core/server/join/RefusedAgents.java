package io.knit.core.server.join;

import io.knit.api.spi.loop.Loop;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.Decision;
import io.knit.core.server.writer.StateWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of agents that were not let in, as an event and in the log. Seldom: they try again and again, and somebody who does it on purpose must
 * neither push all else out of either nor hide another's refusal behind his own. So each source has a share, and what is not told is
 * summed up once a minute. Loop-bound.
 */
public final class RefusedAgents {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedAgents.class);
    static final Duration QUIET = Duration.ofMinutes(10);
    static final Duration SUMMED_UP_AFTER = Duration.ofMinutes(1);
    static final int MOST_OF_ONE_SOURCE = 10;
    static final int MOST_IN_QUIET = 100;

    private final Loop loop;
    private final Agenda agenda;
    private final String name;
    private final StateWriter writer;
    private final Map<String, Told> told = new HashMap<>();
    private String lastUntold = "";
    private String lastUntoldNode = "";
    private long untold;
    private boolean summing;

    private record Told(String source, Duration at) {}

    /** @param name tells this one's deadline from others' */
    public RefusedAgents(Loop loop, Agenda agenda, String name, StateWriter writer) {
        this.loop = loop;
        this.agenda = agenda;
        this.name = name;
        this.writer = writer;
    }

    /**
     * Tells it, unless this node's refusal, or too many of its source or at all, were told within the last ten minutes.
     *
     * @param source where it comes from, without what it may choose as it likes
     */
    public void tell(String node, String source, String message) {
        tell(node, node, source, message);
    }

    /** @param what what is told once, if a node has several things to be told of */
    public void tell(String what, String node, String source, String message) {
        Duration now = loop.elapsed();
        told.values().removeIf(before -> now.minus(before.at()).compareTo(QUIET) >= 0);
        if (told.containsKey(what)) {
            untold++;
            return;
        }
        long ofSource = told.values().stream()
                .filter(before -> before.source().equals(source))
                .count();
        if (ofSource >= MOST_OF_ONE_SOURCE || told.size() >= MOST_IN_QUIET) {
            untold++;
            lastUntold = message;
            lastUntoldNode = node;
            sumUpLater();
            return;
        }
        told.put(what, new Told(source, now));
        say(node, untold == 0 ? message : message + " (" + untold + " more refusals were not told)");
    }

    private void sumUpLater() {
        if (!summing) {
            summing = true;
            agenda.after(name, SUMMED_UP_AFTER, () -> {
                summing = false;
                if (!lastUntold.isEmpty()) {
                    say(lastUntoldNode, untold + " refusals were not told one by one; the last: " + lastUntold);
                }
            });
        }
    }

    private void say(String node, String words) {
        untold = 0;
        lastUntold = "";
        LOG.warn("{}", words);
        writer.submit(tip -> new Decision<>(List.of(new Change.RefuseAgent(node, words)), true))
                .onFailure(e -> LOG.debug("A refusal made no event: {}", e.getMessage()));
    }
}
