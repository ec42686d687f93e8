package io.knit.api.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A host with an agent: what people wish of it, what it says of itself, and what the server thinks of it. Each is written by one of them
 * alone.
 *
 * @param id unique in the cluster; a DNS label
 * @param identity random word the agent made at its first start; tells a restarted agent from a second one. Never shown.
 * @param key public key that its agent proved to have when it was first heard of, or null: its transport proves none. Nobody with another key
 *     is taken for this node.
 * @param wish people's
 * @param facts the agent's
 * @param judgement the server's
 */
public record Node(
        String id, String identity, @Nullable String key, NodeWish wish, NodeFacts facts, NodeJudgement judgement) {

    public Node {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(wish, "wish");
        Objects.requireNonNull(facts, "facts");
        Objects.requireNonNull(judgement, "judgement");
    }

    public String hostname() {
        return facts.hostname();
    }

    public NodeState state() {
        return judgement.state();
    }

    /** For selectors: what its agent was started with, and what people wish, which is stronger. */
    public Map<String, String> labels() {
        if (wish.labels().isEmpty()) {
            return facts.labels();
        }
        Map<String, String> all = new TreeMap<>(facts.labels());
        all.putAll(wish.labels());
        return all;
    }

    public Capacity capacity() {
        return facts.capacity();
    }

    /** What it keeps for itself of its capacity. */
    public Reservation reserve() {
        Reservation told = facts.reserve();
        return told == null ? Reservation.OF_HOST : told;
    }

    /** What of it instances may reserve, all together; nothing while its capacity is not known. */
    public Reservation offers() {
        Capacity has = capacity();
        if (!has.isKnown()) {
            return Reservation.NONE;
        }
        Reservation kept = reserve();
        return new Reservation(
                Math.max(0, 1000 * has.cpus() - kept.cpu()),
                Math.max(0, has.memoryBytes() - kept.memory()),
                Math.max(0, has.gpus() - kept.gpus()));
    }

    /**
     * What is left of {@link #offers}; nothing where more is set aside than that, as when a host lost memory.
     *
     * @param reserved what is set aside for all that it has
     */
    public Reservation free(Reservation reserved) {
        Reservation left = offers().minus(reserved);
        return new Reservation(Math.max(0, left.cpu()), Math.max(0, left.memory()), Math.max(0, left.gpus()));
    }

    public String engineVersion() {
        return facts.engineVersion();
    }

    public String agentVersion() {
        return facts.agentVersion();
    }

    public @Nullable String meshIp() {
        return facts.meshIp();
    }

    public @Nullable String meshKey() {
        return facts.meshKey();
    }

    public String condition() {
        return facts.condition();
    }

    /** Why it is in this state; empty if there is nothing to say. */
    public String reason() {
        return judgement.reason();
    }

    /** When {@link #state()} last changed. */
    public Instant changedAt() {
        return judgement.since();
    }

    public List<String> features() {
        return facts.features();
    }

    /** Whether new instances may be placed on it. */
    public boolean takesWork() {
        return state() == NodeState.READY
                && !judgement.isHeld()
                && condition().isEmpty()
                && wish.availability() == NodeWish.Availability.ACTIVE;
    }

    public Node with(NodeWish next) {
        return new Node(id, identity, key, next, facts, judgement);
    }

    public Node with(NodeFacts next) {
        return new Node(id, identity, key, wish, next, judgement);
    }

    public Node with(NodeJudgement next) {
        return new Node(id, identity, key, wish, facts, next);
    }

    /** Judged so; what it was before stays since when it was. */
    public Node judged(NodeState state, String reason, List<NodeJudgement.Witness> witnesses, Instant now) {
        return with(new NodeJudgement(
                state, reason, state == state() ? changedAt() : now, witnesses, judgement.unsteady()));
    }

    /** Without the identity. */
    @Override
    public String toString() {
        return "Node[id=" + id + ", identity=***, key=" + key + ", wish=" + wish + ", facts=" + facts + ", judgement="
                + judgement + "]";
    }
}
