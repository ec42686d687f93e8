package io.knit.core.wire;

import io.knit.api.model.Health;
import io.knit.api.model.InstanceState;
import io.knit.api.model.PullProgress;
import io.knit.api.model.StartTimes;
import org.jspecify.annotations.Nullable;

/**
 * What was last seen of one instance.
 *
 * @param seq rises with every status of this instance, also over restarts of the agent: at least the time of day in
 *     milliseconds when it was made. The server drops lower ones.
 * @param state {@code PREPARING, STARTING, RUNNING, FAILED, REJECTED}, or {@code STOPPED}: nothing of it is on the node any more
 * @param reason in words for a user; empty if there is nothing to say
 * @param restarts how often its container was started again
 * @param failing whether its container does not do its work: it ended or could not be started, and waits to be started again; or it is paused
 * @param health how it stands with its check
 * @param start how long the phases of its newest start took; an agent that does not name {@link Features#TIMES} says nothing of it
 * @param exitCode with which its container ended that is not started again; null: it is not over, or its agent does not know or say it
 * @param pull how far the pull of its image has come; null: none is under way, or its agent does not know or say it
 * @param lastOutput the last lines that it wrote before it failed last, with line feeds between; null: it has not failed, or its agent does not know or say it
 * @param address its container's own address, to which the mesh leads; null: it has none, or does not run
 */
public record InstanceStatus(
        String instance,
        long seq,
        InstanceState state,
        String reason,
        int restarts,
        boolean failing,
        Health health,
        StartTimes start,
        @Nullable Integer exitCode,
        @Nullable PullProgress pull,
        @Nullable String lastOutput,
        @Nullable String address) {
    /** Of one that nothing checks, and of whose start nothing is known. */
    public InstanceStatus(
            String instance, long seq, InstanceState state, String reason, int restarts, boolean failing) {
        this(instance, seq, state, reason, restarts, failing, Health.NONE, StartTimes.UNKNOWN, null, null, null, null);
    }
}
