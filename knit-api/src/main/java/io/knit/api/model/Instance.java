package io.knit.api.model;

import java.time.Instant;
import java.util.ArrayList;
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
 * @param preparation who makes it ready while {@code PENDING}, or null: nobody
 * @param tried what the nodes said that could not take or prepare it, or those before it; null: nothing
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
        Instant changedAt,
        @Nullable Preparation preparation,
        @Nullable String tried) {

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
                now,
                null,
                null);
    }

    /** Who shall make it ready, and why it is not placed yet. */
    public Instance preparedBy(Preparation next, String reason) {
        return waiting(attempt, avoid, notBefore, next, tried).because(reason);
    }

    /** Nobody makes it ready any more. */
    public Instance unprepared() {
        return waiting(attempt, avoid, notBefore, null, tried);
    }

    /** Its node has made it ready. */
    public Instance prepared(Instant now) {
        Preparation by = Objects.requireNonNull(preparation, "preparation");
        List<String> others = new ArrayList<>(avoid);
        others.remove(by.node());
        return waiting(attempt, others, now, new Preparation(by.node(), true), tried);
    }

    /** Its node could not make it ready: others come first until that time. */
    public Instance notPrepared(String said, Instant notBefore) {
        Preparation by = Objects.requireNonNull(preparation, "preparation");
        List<String> nodes = new ArrayList<>(avoid);
        nodes.remove(by.node());
        nodes.add(by.node());
        return waiting(attempt + 1, nodes, notBefore, null, said).because(said);
    }

    /** It remembers what the nodes said that could not take those before it. */
    public Instance afterTrying(String said) {
        return waiting(attempt, avoid, notBefore, preparation, said);
    }

    private Instance waiting(
            int attempt,
            List<String> avoid,
            Instant notBefore,
            @Nullable Preparation preparation,
            @Nullable String tried) {
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
                changedAt,
                preparation,
                tried);
    }

    /** The same as of another revision, which wants nothing else of it. */
    public Instance ofRevision(int revision) {
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
                changedAt,
                preparation,
                tried);
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
        return waiting(attempt, avoid, notBefore, null, tried)
                .copy(node, order, InstanceState.ASSIGNED, ports, "", restarts, failing, statusSeq, now);
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
                changedAt,
                preparation,
                tried);
    }
}
