package io.knit.api.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One filling of a slot on one node with one revision: what is wanted of it, which decisions led there, and what its agent says. Each is
 * written by one of them alone; {@link #state()} and {@link #reason()} are what follows from all.
 *
 * @param id unique for ever; a DNS label
 * @param slot 0…replicas-1; where a slot has a name, the lowest number that no other one of its deployment had when it was first filled
 * @param key the slot's name, such as a node's id, and what tells one slot from another; null: the number does
 * @param node the node's id, or null while {@code PENDING}
 * @param order what the server wants
 * @param ports where its ports are published; while it has no node, those that are kept for it where it is made ready
 * @param reserved what is set aside for it on its node, or on the one that makes it ready; nothing until it has either
 * @param preparation who makes it ready while {@code PENDING}, or null: nobody
 * @param createdAt when the server made it
 * @param decided the server's
 * @param observed the agent's
 */
public record Instance(
        String id,
        String deployment,
        int revision,
        int slot,
        @Nullable String key,
        @Nullable String node,
        Order order,
        List<PortBinding> ports,
        Reservation reserved,
        @Nullable Preparation preparation,
        Instant createdAt,
        Decided decided,
        Observed observed) {

    public Instance {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(order, "order");
        ports = List.copyOf(ports);
        Objects.requireNonNull(reserved, "reserved");
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(decided, "decided");
        Objects.requireNonNull(observed, "observed");
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
                null,
                Order.RUN,
                List.of(),
                Reservation.NONE,
                null,
                now,
                new Decided(false, reason, now, attempt, avoid, notBefore, null, null, null, null, null, false, null),
                Observed.NOTHING);
    }

    /** The same, in a slot of that name; null: in that of its number. */
    public Instance keyed(@Nullable String name) {
        return new Instance(
                id,
                deployment,
                revision,
                slot,
                name,
                node,
                order,
                ports,
                reserved,
                preparation,
                createdAt,
                decided,
                observed);
    }

    /** Which slot of its deployment it fills. */
    public SlotKey slotKey() {
        return key == null ? SlotKey.of(slot) : SlotKey.of(key);
    }

    /** What was last observed, or the server's own judgement: {@code PENDING, ASSIGNED, STOPPING, LOST}. */
    public InstanceState state() {
        if (decided.lost()) {
            return InstanceState.LOST;
        }
        if (node == null) {
            return InstanceState.PENDING;
        }
        if (order == Order.STOP && !observed.isEnd()) {
            return InstanceState.STOPPING;
        }
        InstanceState said = observed.state();
        return said == null ? InstanceState.ASSIGNED : said;
    }

    /** Why it is in this state, in words for a user; empty if there is nothing to say. */
    public String reason() {
        if (decided.lost() || order == Order.STOP || observed.state() == null) {
            return decided.reason();
        }
        // until it runs, an instance keeps what the nodes tried before it said
        boolean stillTrying = attempt() > 0 && state().compareTo(InstanceState.RUNNING) < 0;
        return observed.reason().isEmpty() && stillTrying ? decided.reason() : observed.reason();
    }

    /** When {@link #state()} last changed. */
    public Instant changedAt() {
        return state() == observed.state() ? observed.since() : decided.since();
    }

    public int restarts() {
        return observed.restarts();
    }

    /** As in {@link Observed#failing}. */
    public boolean failing() {
        return observed.failing();
    }

    /** As in {@link Observed#health}. */
    public Health health() {
        return observed.health();
    }

    /** Whether it does its work as far as anybody knows: it runs, nothing is known against it, and its check, if it has one, succeeded. */
    public boolean isHealthy() {
        return state() == InstanceState.RUNNING && observed.isHealthy();
    }

    /** As in {@link Observed#pull}. */
    public @Nullable PullProgress pull() {
        return observed.pull();
    }

    /** As in {@link Observed#exitCode}. */
    public @Nullable Integer exitCode() {
        return observed.exitCode();
    }

    /** As in {@link Observed#lastOutput}. */
    public @Nullable String lastOutput() {
        return observed.lastOutput();
    }

    /** As in {@link Observed#healthySince}. */
    public Instant healthySince() {
        return observed.healthySince();
    }

    /** Number of the newest status taken in; lower ones are stale. */
    public long statusSeq() {
        return observed.seq();
    }

    /** As in {@link Decided#attempt}. */
    public int attempt() {
        return decided.attempt();
    }

    /** As in {@link Decided#avoid}. */
    public List<String> avoid() {
        return decided.avoid();
    }

    /** As in {@link Decided#notBefore}. */
    public Instant notBefore() {
        return decided.notBefore();
    }

    /** As in {@link Decided#until}. */
    public @Nullable String until() {
        return decided.until();
    }

    /** It runs on beside its successor until that is healthy; null: none may run beside it. */
    public Instance staying(@Nullable String successor) {
        return with(decided.staying(successor));
    }

    /** As in {@link Decided#leaves}. */
    public @Nullable String leaves() {
        return decided.leaves();
    }

    /** It is to go elsewhere, by its deployment's rules, as if its node were drained. */
    public Instance leaving(String why) {
        return with(decided.leaving(why));
    }

    /** As in {@link Decided#pushedOutBy}. */
    public @Nullable String pushedOutBy() {
        return decided.pushedOutBy();
    }

    /** Ordered to stop, as its room goes to an instance of another deployment. */
    public Instance pushedOutBy(String other, String reason, Instant now) {
        return with(decided.pushedOutBy(other)).stopping(reason, now);
    }

    /** As in {@link Decided#follows}. */
    public boolean follows() {
        return decided.follows();
    }

    /** It stops, or follows one that was stopped, for the server wants that elsewhere. */
    public Instance following() {
        return decided.follows() ? this : with(decided.following());
    }

    /** As in {@link Decided#tried}. */
    public @Nullable String tried() {
        return decided.tried();
    }

    /** As in {@link Decided#chosen}. */
    public @Nullable String chosen() {
        return decided.chosen();
    }

    /** It remembers why its node was chosen; null: nothing is to be said. */
    public Instance chosenFor(@Nullable String why) {
        return with(decided.chosen(why));
    }

    /** Who shall make it ready, and why it is not placed yet. Nothing is kept for it there. */
    public Instance preparedBy(Preparation next, String reason) {
        return preparedBy(next, List.of(), Reservation.NONE, reason);
    }

    /**
     * Who shall make it ready, and why it is not placed yet.
     *
     * @param kept the ports that nobody else may have there meanwhile
     * @param aside what is set aside for it there meanwhile
     */
    public Instance preparedBy(Preparation next, List<PortBinding> kept, Reservation aside, String reason) {
        return with(next).keeping(kept, aside).with(decided.because(reason));
    }

    /** Nobody makes it ready any more, and nothing is kept for it. */
    public Instance unprepared() {
        Instance rest = with((Preparation) null);
        return node == null ? rest.keeping(List.of(), Reservation.NONE) : rest;
    }

    /** Others may have what was kept for it where it was made ready. */
    public Instance keepingNothing() {
        return node == null ? keeping(List.of(), Reservation.NONE) : this;
    }

    private Instance keeping(List<PortBinding> kept, Reservation aside) {
        return new Instance(
                id,
                deployment,
                revision,
                slot,
                key,
                node,
                order,
                kept,
                aside,
                preparation,
                createdAt,
                decided,
                observed);
    }

    /** Its node has made it ready. */
    public Instance prepared(Instant served) {
        Preparation by = Objects.requireNonNull(preparation, "preparation");
        List<String> others = new ArrayList<>(avoid());
        others.remove(by.node());
        return with(by.finished()).with(decided.waiting(attempt(), others, served));
    }

    /** Its node could not make it ready: others come first until that time. */
    public Instance notPrepared(String said, Instant notBefore) {
        Preparation by = Objects.requireNonNull(preparation, "preparation");
        List<String> nodes = new ArrayList<>(avoid());
        nodes.remove(by.node());
        nodes.add(by.node());
        return unprepared()
                .with(decided.waiting(attempt() + 1, nodes, notBefore)
                        .afterTrying(said)
                        .because(said));
    }

    /** It remembers what the nodes said that could not take those before it. */
    public Instance afterTrying(String said) {
        return with(decided.afterTrying(said));
    }

    /** The same as of another revision, which wants nothing else of it. */
    public Instance ofRevision(int revision) {
        return new Instance(
                id,
                deployment,
                revision,
                slot,
                key,
                node,
                order,
                ports,
                reserved,
                preparation,
                createdAt,
                decided,
                observed);
    }

    /** Whether the server wants it to run and it still can. */
    public boolean isLive() {
        return order == Order.RUN && !state().isEnd();
    }

    /** Whether its container ended for good: what is left of it is there to be looked at, and holds no port and no room. */
    public boolean isOver() {
        return state() == InstanceState.FAILED && !isBeingEnded();
    }

    /**
     * Whether its container may still run though it has failed: older agents say so of one whose check failed as they begin to stop it. Each says once it is
     * told to stop it when nothing of it is there.
     */
    public boolean isBeingEnded() {
        return state() == InstanceState.FAILED && order == Order.STOP && health() == Health.UNHEALTHY;
    }

    /** Whether it runs, is to run or may still do so, as far as its agent said. */
    public boolean mayRun() {
        return !state().isEnd() || isBeingEnded();
    }

    /** What its node has less of for it: what is {@link #reserved}, until it is over. */
    public Reservation setAside() {
        return isOver() ? Reservation.NONE : reserved;
    }

    /**
     * The state as people are told it. A state never goes back, so that of an instance whose container ended stays {@code RUNNING}
     * while that waits to be started again; who reads "running" means one that runs. One
     * that ended as it was meant to is {@code COMPLETED}.
     */
    public InstanceState shown() {
        InstanceState state = state();
        if (state == InstanceState.FAILED && !failing()) {
            return InstanceState.COMPLETED;
        }
        return failing() && state == InstanceState.RUNNING ? InstanceState.STARTING : state;
    }

    /** On a node of which nothing is set aside for it. */
    public Instance placedOn(String node, List<PortBinding> ports, Instant now) {
        return placedOn(node, ports, Reservation.NONE, now, now);
    }

    /** Where nobody waits for it. */
    public Instance placedOn(String node, List<PortBinding> ports, Reservation reserved, Instant now) {
        return placedOn(node, ports, reserved, now, now);
    }

    /** @param served the time for which a server was there, from which it is waited for */
    public Instance placedOn(String node, List<PortBinding> ports, Reservation reserved, Instant now, Instant served) {
        return new Instance(
                id,
                deployment,
                revision,
                slot,
                key,
                node,
                order,
                ports,
                reserved,
                null,
                createdAt,
                decided.placed(now, served),
                observed);
    }

    /** Its node was judged down. */
    public Instance lost(String reason, Instant now) {
        return with(decided.lost() ? decided.because(reason) : decided.at(true, reason, now));
    }

    /** Its node spoke of it after it was lost. */
    public Instance found(Instant now, Instant served) {
        return with(decided.placed(now, served));
    }

    public Instance because(String reason) {
        return with(decided.because(reason));
    }

    /** Ordered to stop; its state becomes {@code STOPPING} unless it has ended already. */
    public Instance stopping(String reason, Instant now) {
        boolean known = order == Order.STOP || state().isEnd();
        return new Instance(
                id,
                deployment,
                revision,
                slot,
                key,
                node,
                Order.STOP,
                ports,
                reserved,
                preparation,
                createdAt,
                known ? decided.because(reason) : decided.at(false, reason, now),
                observed);
    }

    /** Its agent said this. */
    public Instance with(Observed said) {
        return new Instance(
                id,
                deployment,
                revision,
                slot,
                key,
                node,
                order,
                ports,
                reserved,
                preparation,
                createdAt,
                decided,
                said);
    }

    private Instance with(Decided next) {
        return new Instance(
                id,
                deployment,
                revision,
                slot,
                key,
                node,
                order,
                ports,
                reserved,
                preparation,
                createdAt,
                next,
                observed);
    }

    private Instance with(@Nullable Preparation next) {
        return new Instance(
                id, deployment, revision, slot, key, node, order, ports, reserved, next, createdAt, decided, observed);
    }
}
