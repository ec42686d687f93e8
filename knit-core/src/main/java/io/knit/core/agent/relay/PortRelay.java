package io.knit.core.agent.relay;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Order;
import io.knit.api.model.PortBinding;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.BridgesAbility;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.core.agent.names.LocalInstances;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the host ports of this node that are relayed: from the order that an instance with one shall run until no such instance is left, or
 * each is over for good: from then on the server may give its ports to others. Only on the loop, but for connections.
 */
public final class PortRelay {
    private static final Logger LOG = LoggerFactory.getLogger(PortRelay.class);

    /** So many connections at once: each is two sockets, and a unit of systemd gives an agent 65,536 files. */
    public static final int MOST_CONNECTIONS = 8_192;
    /** So long, and no longer than its grace, the connections of a container that is to stop may go on before its stop signal. */
    static final Duration DRAIN = Duration.ofSeconds(5);
    /** What could not be listened at is tried again so often. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final RelaySockets sockets;
    private final LocalInstances local;
    private final RelayTargets.Load load;
    private final AtomicBoolean full = new AtomicBoolean();
    private final Map<String, RelayPlan.Holder> holders = new TreeMap<>();
    /** What is over though it was to run. */
    private final Set<String> failed = new HashSet<>();
    /** Whose container is about to be stopped. */
    private final Map<String, Promise<Void>> leaving = new HashMap<>();

    private final Map<RelayPlace, Door> doors = new HashMap<>();
    private final Set<Future<Void>> closing = new HashSet<>();
    private Loop.@Nullable Timer again;
    private boolean stopped;

    /** A place that is held, or to be. */
    private static final class Door {
        private final RelayTargets targets;
        /** What became of listening, or is becoming. */
        private Future<RelaySockets.Listening> listening;

        private String trouble = "";

        Door(RelayTargets targets) {
            this.targets = targets;
            this.listening = Future.failedFuture("not tried yet");
        }
    }

    public PortRelay(Loop loop, ContainerRuntime runtime, RelaySockets sockets, LocalInstances local) {
        this(loop, runtime, sockets, local, MOST_CONNECTIONS);
    }

    PortRelay(Loop loop, ContainerRuntime runtime, RelaySockets sockets, LocalInstances local, int most) {
        this.loop = loop;
        this.runtime = runtime;
        this.sockets = sockets;
        this.local = local;
        this.load = new RelayTargets.Load(most, instance -> loop.execute(() -> left(instance)), () -> tellFull(most));
    }

    /** Another set is in force, and nothing of it was done yet: who is not to run any more is given nothing from now on. */
    public void adopt(AssignmentSet set) {
        holders.replaceAll((instance, holder) -> new RelayPlan.Holder(instance, holder.ports(), false));
        set.assignments().values().forEach(it -> {
            List<PortBinding> ports =
                    it.ports().stream().filter(RelayPlan::isHeld).toList();
            if (it.order() == Order.RUN && !ports.isEmpty()) {
                holders.put(it.instance(), new RelayPlan.Holder(it.instance(), ports, true));
            }
        });
        changed();
    }

    /** Something is known anew of what runs here. */
    public void changed() {
        if (stopped || holders.isEmpty() && doors.isEmpty()) {
            return;
        }
        Map<RelayPlace, List<RelayTarget>> plan = RelayPlan.of(
                holders.values().stream()
                        .filter(holder -> !failed.contains(holder.instance()))
                        .toList(),
                instance -> local.isWell(instance) && !leaving.containsKey(instance),
                local::address);
        for (RelayPlace place : List.copyOf(doors.keySet())) {
            if (!plan.containsKey(place)) {
                close(place);
            }
        }
        plan.forEach((place, targets) -> {
            Door door = doors.get(place);
            if (door == null) {
                door = new Door(new RelayTargets(load));
                doors.put(place, door);
                listen(place, door);
            }
            door.targets.are(targets);
        });
    }

    /** Whether an instance is over that was to run: nothing is made of it again, unless it is said to be otherwise. */
    public void failed(String instance, boolean isOver) {
        if (isOver ? holders.containsKey(instance) && failed.add(instance) : failed.remove(instance)) {
            if (isOver) {
                cut(instance);
            }
            changed();
        }
    }

    private void cut(String instance) {
        doors.values().forEach(door -> door.listening.onSuccess(it -> it.cut(instance)));
    }

    /** An instance that is not to run any more is over. */
    public void over(String instance) {
        RelayPlan.Holder holder = holders.get(instance);
        if (holder != null && !holder.runs()) {
            holders.remove(instance);
            failed.remove(instance);
            cut(instance);
            changed();
        }
    }

    /**
     * Whether an order's container can be made.
     *
     * @return fails with {@code PORT_IN_USE} or {@code NO_SUCH_ADDRESS} if one of its ports can't be held, or nothing would come through
     */
    public Future<Void> held(String cluster, Assignment order) {
        List<PortBinding> relayed =
                order.ports().stream().filter(RelayPlan::isHeld).toList();
        if (relayed.isEmpty()) {
            // another deployment's may be published where one was held until now
            return closed();
        }
        List<Future<?>> all = new ArrayList<>();
        for (PortBinding port : relayed) {
            RelayPlace place = RelayPlace.of(port);
            Door door = doors.get(place);
            if (door == null) {
                // it is not wanted any more, which who asks finds by itself
                continue;
            }
            if (door.listening.failed()) {
                listen(place, door);
            }
            all.add(door.listening);
        }
        return reachable(cluster).compose(yes -> Future.all(all)).mapEmpty();
    }

    /** By the engine's own word: a container of another host's engine has an address that is nobody's here, or somebody else's. */
    private Future<Void> reachable(String cluster) {
        if (!(runtime instanceof BridgesAbility bridges) || !sockets.connects()) {
            return Future.succeededFuture();
        }
        return loop.bring(bridges.bridges(cluster))
                .compose(found -> found.isEmpty()
                        ? Future.failedFuture(
                                new KnitException(
                                        ErrorCode.PORT_IN_USE,
                                        "this node's agent can't relay: it has no address on any network of its engine's containers,"
                                                + " which may be another host's; run the agent on the engine's host, or leave relay out"))
                        : Future.succeededFuture());
    }

    /**
     * The container of an instance is about to be stopped: it is given nothing from now on.
     *
     * @return when its connections are over, or have had their time
     */
    public Future<Void> ending(String instance, Duration grace) {
        if (!holders.containsKey(instance) || stopped) {
            return Future.succeededFuture();
        }
        Promise<Void> drained = leaving.computeIfAbsent(instance, none -> Promise.promise());
        changed();
        if (load.of(instance) == 0) {
            drained.tryComplete();
        } else {
            Loop.Timer late = loop.after(grace.compareTo(DRAIN) < 0 ? grace : DRAIN, drained::tryComplete);
            drained.future().onComplete(any -> late.cancel());
        }
        return drained.future();
    }

    /** What was done with its container is done. */
    public void ended(String instance) {
        Promise<Void> drained = leaving.remove(instance);
        if (drained != null) {
            drained.tryComplete();
            changed();
        }
    }

    private void left(String instance) {
        full.set(false);
        Promise<Void> drained = leaving.get(instance);
        if (drained != null && load.of(instance) == 0) {
            drained.tryComplete();
        }
    }

    /** Lets go of all ports, and ends all connections. */
    public Future<Void> stop() {
        stopped = true;
        if (again != null) {
            again.cancel();
        }
        List.copyOf(leaving.values()).forEach(Promise::tryComplete);
        List.copyOf(doors.keySet()).forEach(this::close);
        return closed();
    }

    /** Succeeds when nothing is held any more that is not to be. */
    private Future<Void> closed() {
        return closing.isEmpty()
                ? Future.succeededFuture()
                : Future.join(new ArrayList<>(closing)).transform(any -> Future.succeededFuture());
    }

    private void listen(RelayPlace place, Door door) {
        // it may be one that was held until now
        door.listening = closed().compose(free -> loop.bring(sockets.listen(place.ip(), place.port(), door.targets)));
        door.listening
                .onSuccess(it -> {
                    door.trouble = "";
                    LOG.info("relays {}", place);
                })
                .onFailure(why -> failed(place, door, String.valueOf(why.getMessage())));
    }

    private void failed(RelayPlace place, Door door, String words) {
        if (!words.equals(door.trouble)) {
            door.trouble = words;
            LOG.warn("{} can't be relayed; it is tried again every {} s: {}", place, AGAIN.toSeconds(), words);
        }
        if (!stopped && again == null) {
            again = loop.after(AGAIN, () -> {
                again = null;
                doors.forEach((at, it) -> {
                    if (it.listening.failed()) {
                        listen(at, it);
                    }
                });
            });
        }
    }

    private void close(RelayPlace place) {
        Door door = doors.remove(place);
        if (door == null) {
            return;
        }
        door.targets.are(List.of());
        // one that is not listened at needs no end
        Future<Void> closed = door.listening.transform(
                it -> it.succeeded() ? loop.bring(it.result().close()) : Future.succeededFuture());
        closing.add(closed);
        closed.onComplete(any -> {
            closing.remove(closed);
            LOG.info("relays {} no more", place);
        });
    }

    private void tellFull(int most) {
        if (full.compareAndSet(false, true)) {
            LOG.warn(
                    "the relay has {} connections, which is the most; further ones are refused until some are over",
                    most);
        }
    }
}
