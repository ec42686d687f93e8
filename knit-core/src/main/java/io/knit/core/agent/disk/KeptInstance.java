package io.knit.core.agent.disk;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent remembers of an instance beyond its own end, as its container does not tell it.
 *
 * @param silenced whether the agent stopped it, as no server was heard for as long as its spec wants to wait
 * @param ends how long before this was written it ended or could not be started, of the times that count for {@code restart.attempts}
 * @param endedByAgent for what the agent ended its container, to start it again, in words; null: it did not, or it was started again
 * @param over that it is not started again; null: it is
 * @param wellContainer the id of its container, whose check succeeded last; null: it has none, it did not, or that was not kept
 */
public record KeptInstance(
        @JsonProperty(required = true) String instance,
        boolean silenced,
        List<Duration> ends,
        @Nullable String endedByAgent,
        @Nullable Over over,
        @Nullable String wellContainer) {
    public KeptInstance {
        ends = List.copyOf(ends);
    }

    /**
     * What was said of one that ended for good.
     *
     * @param reason in words
     * @param complete whether it did what it was for
     * @param sick whether its check had failed, so that it is ended if it runs
     * @param exitCode with which it ended; null: it has none, or nobody knows
     */
    public record Over(
            @JsonProperty(required = true) String reason,
            boolean complete,
            boolean sick,
            @Nullable Integer exitCode) {}
}
