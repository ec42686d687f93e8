package io.knit.core.agent.disk;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;

/**
 * What an agent remembers of an instance beyond its own end, as its container does not tell it.
 *
 * @param silenced whether the agent stopped it, as no server was heard for as long as its spec wants to wait
 * @param ends how long before this was written it ended or could not be started, of the times that count for {@code restart.attempts}
 */
public record KeptInstance(@JsonProperty(required = true) String instance, boolean silenced, List<Duration> ends) {
    public KeptInstance {
        ends = List.copyOf(ends);
    }
}
