package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.error.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's answer to a {@link Heartbeat}.
 *
 * @param cluster the server's cluster
 * @param refusal error code by which the agent is refused and must end, or null: welcome
 * @param message why it is refused, in words; empty if welcome
 * @param fetch whether the agent holds another assignment set than the server has for it, and should fetch it
 * @param serverSession differs from the one before when the server was started meanwhile; null: not told
 * @param assignmentsRevision number of the newest set at the server: what the agent fetches has at least this one
 * @param speaks the server's versions, told with a refusal for their sake; null: not told
 * @param notice what the server does not take of what the heartbeat tells, in words for the agent's log; null: nothing
 * @param gone which of the heartbeat's {@code leftovers} are not deployed any more, so that what is left of them may go; null: none
 * @param names digest of the table of names, of which the agent may ask for what it has not: {@link NamesPage}; null: not told
 * @param holderEngine the container engine of the agent that is this node now, told to one that is refused as a copy of it; null: not told
 */
public record HeartbeatReply(
        int v,
        String cluster,
        @Nullable String refusal,
        String message,
        boolean fetch,
        @JsonProperty("assignments_revision") long assignmentsRevision,
        @JsonProperty("server_session") @Nullable Long serverSession,
        @Nullable String notice,
        @JsonProperty("holder_engine") @Nullable String holderEngine,
        @Nullable Speaks speaks,
        @Nullable List<String> gone,
        @Nullable String names) {

    public static HeartbeatReply welcome(String cluster, boolean fetch, long revision) {
        return new HeartbeatReply(
                WireCodec.VERSION, cluster, null, "", fetch, revision, null, null, null, null, null, null);
    }

    public HeartbeatReply bySession(long session) {
        return new HeartbeatReply(
                v,
                cluster,
                refusal,
                message,
                fetch,
                assignmentsRevision,
                session,
                notice,
                holderEngine,
                speaks,
                gone,
                names);
    }

    public HeartbeatReply noting(@Nullable String words) {
        return new HeartbeatReply(
                v,
                cluster,
                refusal,
                message,
                fetch,
                assignmentsRevision,
                serverSession,
                words,
                holderEngine,
                speaks,
                gone,
                names);
    }

    public HeartbeatReply gone(List<String> deployments) {
        return new HeartbeatReply(
                v,
                cluster,
                refusal,
                message,
                fetch,
                assignmentsRevision,
                serverSession,
                notice,
                holderEngine,
                speaks,
                deployments.isEmpty() ? null : deployments,
                names);
    }

    /** @param digest null: it is not told */
    public HeartbeatReply named(@Nullable String digest) {
        return new HeartbeatReply(
                v,
                cluster,
                refusal,
                message,
                fetch,
                assignmentsRevision,
                serverSession,
                notice,
                holderEngine,
                speaks,
                gone,
                digest);
    }

    public static HeartbeatReply refused(String cluster, String code, String message) {
        return new HeartbeatReply(
                WireCodec.VERSION, cluster, code, message, false, 0, null, null, null, null, null, null);
    }

    /** The agent's heartbeat can't be read; it may go on in a version that both speak. */
    public static HeartbeatReply notUnderstood(String cluster, Speaks server, Speaks agent, String message) {
        return new HeartbeatReply(
                server.common(agent).orElse(server.max()),
                cluster,
                ErrorCode.VERSION_NOT_SPOKEN.wireName(),
                message,
                false,
                0,
                null,
                null,
                null,
                server,
                null,
                null);
    }

    public HeartbeatReply heldOn(@Nullable String engine) {
        return new HeartbeatReply(
                v,
                cluster,
                refusal,
                message,
                fetch,
                assignmentsRevision,
                serverSession,
                notice,
                engine,
                speaks,
                gone,
                names);
    }
}
