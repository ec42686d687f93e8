package io.knit.api.model;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One filling of a slot on one node with one revision.
 *
 * @param id unique for ever; a DNS label
 * @param slot 0…replicas-1
 * @param node the node's id, or null while {@code PENDING}
 * @param order what the server wants
 * @param state what was last observed, or the server's own judgement ({@code PENDING, ASSIGNED, STOPPING, LOST})
 * @param ports where its ports are published; empty until it has a node
 * @param reason why it is in this state, in words for a user; empty if there is nothing to say
 * @param restarts how often its container was started again on this node
 * @param failing whether its container does not do its work: it ended or could not be started, and waits to be started again; or it
 *     is paused
 * @param statusSeq number of the newest status taken in; lower ones are stale
 * @param attempt how many instances of this slot and revision were rejected in a row before this one
 * @param avoid nodes which rejected those, the latest last
 * @param notBefore not placed before this time
 * @param createdAt when the server made it
 * @param changedAt when {@code state} last changed
 */
public record Instance(
        String id,
        String deployment,
        int revision,
        int slot,
        @Nullable String node,
        Order order,
        InstanceState state,
        List<PortBinding> ports,
        String reason,
        int restarts,
        boolean failing,
        long statusSeq,
        int attempt,
        List<String> avoid,
        Instant notBefore,
        Instant createdAt,
        Instant changedAt) {

    public Instance {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(order, "order");
        Objects.requireNonNull(state, "state");
        ports = List.copyOf(ports);
        Objects.requireNonNull(reason, "reason");
        avoid = List.copyOf(avoid);
        Objects.requireNonNull(notBefore, "notBefore");
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(changedAt, "changedAt");
    }

    /** A new instance without a node. */
    public static Instance pending(
            String id,
            String deployment,
            int revision,
            int slot,
            int attempt,
            List<String> avoid,
            Instant notBefore,
            String reason,
            Instant now) {
        return new Instance(
                id,
                deployment,
                revision,
                slot,
                null,
                Order.RUN,
                InstanceState.PENDING,
                List.of(),
                reason,
                0,
                false,
                0,
                attempt,
                avoid,
                notBefore,
                now,
                now);
    }

    /** Whether the server wants it to run and it still can. */
    public boolean isLive() {
        return order == Order.RUN && !state.isEnd();
    }

    /**
     * The state as people are told it. A state never goes back, so that of an instance whose container ended stays {@code RUNNING}
     * while that waits to be started again; who reads "running" means one that runs.
     */
    public InstanceState shown() {
        return failing && state == InstanceState.RUNNING ? InstanceState.STARTING : state;
    }

    public Instance placedOn(String node, List<PortBinding> ports, Instant now) {
        return copy(node, order, InstanceState.ASSIGNED, ports, "", restarts, failing, statusSeq, now);
    }

    /** The same with another state, reason and time of change. */
    public Instance in(InstanceState state, String reason, Instant now) {
        return copy(
                node, order, state, ports, reason, restarts, failing, statusSeq, state == this.state ? changedAt : now);
    }

    public Instance because(String reason) {
        return copy(node, order, state, ports, reason, restarts, failing, statusSeq, changedAt);
    }

    /** Ordered to stop; its state becomes {@code STOPPING} unless it has ended already. */
    public Instance stopping(String reason, Instant now) {
        InstanceState next = state.isEnd() ? state : InstanceState.STOPPING;
        return copy(
                node, Order.STOP, next, ports, reason, restarts, failing, statusSeq, next == state ? changedAt : now);
    }

    public Instance observed(
            InstanceState state, String reason, int restarts, boolean failing, long statusSeq, Instant now) {
        return copy(
                node, order, state, ports, reason, restarts, failing, statusSeq, state == this.state ? changedAt : now);
    }

    private Instance copy(
            @Nullable String node,
            Order order,
            InstanceState state,
            List<PortBinding> ports,
            String reason,
            int restarts,
            boolean failing,
            long statusSeq,
            Instant changedAt) {
        return new Instance(
                id,
                deployment,
                revision,
                slot,
                node,
                order,
                state,
                ports,
                reason,
                restarts,
                failing,
                statusSeq,
                attempt,
                avoid,
                notBefore,
                createdAt,
                changedAt);
    }
}
