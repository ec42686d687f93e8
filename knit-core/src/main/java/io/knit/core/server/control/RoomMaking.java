package io.knit.core.server.control;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.Order;
import io.knit.api.model.PortBinding;
import io.knit.core.server.schedule.Placement;
import io.knit.core.server.schedule.Preemption;
import io.knit.core.server.schedule.Preemption.Eviction;
import io.knit.core.server.schedule.Scheduler;
import io.knit.core.server.schedule.fleet.Bits;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Group;
import io.knit.core.server.schedule.wish.Wish;
import io.knit.core.server.state.ClusterState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Where room is made for instances that fit nowhere, and who goes for it. What stops already makes room, too, and is waited for before anybody is
 * pushed out (pure).
 */
final class RoomMaking {
    /** So many are pushed out for at once, the others in the next decision. */
    private static final int MOST_AT_ONCE = 16;

    private final ClusterState state;
    private final Instant now;
    private final Wish wish;
    /** As it will be: without what stops, and with those for which room is made. */
    private Fleet fleet;

    private final Set<String> nodes = new TreeSet<>();
    private final Map<Instance, String> waiting = new LinkedHashMap<>();
    private final List<Instance> victims = new ArrayList<>();
    /** Their ids. */
    private final Set<String> gone = new HashSet<>();

    private int seen;
    private boolean cutShort;

    private RoomMaking(ClusterState state, Group group, Instant now) {
        this.state = state;
        this.wish = group.wish();
        this.now = now;
        // what is kept for them where they were made ready is theirs
        this.fleet = state.fleet().without(group.instances());
    }

    /** @param group none of which fits anywhere now */
    static RoomMaking of(ClusterState state, Group group, Instant now) {
        RoomMaking making = new RoomMaking(state, group, now);
        making.leave();
        making.wait(group);
        return making;
    }

    /** Those for which room is made, with what they wait for. */
    Map<Instance, String> waiting() {
        return waiting;
    }

    /** Those that are told to stop now. */
    List<Instance> victims() {
        return victims;
    }

    /** Nodes on which room is made. */
    Set<String> nodes() {
        return nodes;
    }

    /** How many instances were looked at. */
    int seen() {
        return seen;
    }

    /** Whether more might be pushed out. */
    boolean isCutShort() {
        return cutShort;
    }

    /** Takes out what stops on nodes that might be taken. */
    private void leave() {
        Bits asked = fleet.admitting(wish);
        Fleet before = fleet;
        for (int place = asked.next(0); place >= 0 && seen < Preemption.MOST_SEEN; place = asked.next(place + 1)) {
            String node = before.at(place).id();
            for (Instance tenant : state.instancesOn(node).values()) {
                seen++;
                if (tenant.order() == Order.STOP && node.equals(tenant.node())) {
                    fleet = fleet.without(tenant);
                }
            }
        }
    }

    private void wait(Group group) {
        List<Placement> placed = Scheduler.place(fleet, group).placed();
        List<Instance> all = group.instances();
        for (int i = 0; i < placed.size(); i++) {
            String node = Objects.requireNonNull(placed.get(i).node());
            take(all.get(i), node, placed.get(i).ports());
        }
        for (int i = placed.size(); i < all.size(); i++) {
            if (i - placed.size() == MOST_AT_ONCE) {
                cutShort = true;
                break;
            }
            if (!pushOut(all.get(i))) {
                break;
            }
        }
        waiting.replaceAll((instance, node) -> words(node));
    }

    /** False: nobody would make room for it. */
    private boolean pushOut(Instance instance) {
        Eviction eviction = Preemption.of(fleet, wish, instance.id(), tenants());
        seen += eviction.seen();
        String node = eviction.node();
        if (node == null) {
            return false;
        }
        for (Instance victim : eviction.victims()) {
            fleet = fleet.without(victim);
            gone.add(victim.id());
            String why = "pushed out by " + wish.deployment() + " (priority " + wish.priority()
                    + "), for which nothing else made room";
            victims.add(
                    victim.node() == null
                            ? victim.unprepared().because(why)
                            : victim.pushedOutBy(wish.deployment(), why, now));
        }
        take(instance, node, eviction.ports());
        return true;
    }

    private void take(Instance instance, String node, List<PortBinding> ports) {
        fleet = fleet.with(null, instance.placedOn(node, ports, wish.reserved(), now));
        nodes.add(node);
        waiting.put(instance, node);
    }

    private String words(String node) {
        Set<String> stop = state.instancesOn(node).values().stream()
                .filter(it -> it.order() == Order.STOP && node.equals(it.node()))
                .map(Instance::id)
                .collect(Collectors.toCollection(TreeSet::new));
        victims.stream().filter(it -> node.equals(it.node())).map(Instance::id).forEach(stop::add);
        if (stop.isEmpty()) {
            return "waits until what was kept on " + node + " for others of lower priority is free";
        }
        return "waits until " + String.join(", ", stop) + (stop.size() == 1 ? " has" : " have") + " stopped on " + node;
    }

    private Preemption.Tenants tenants() {
        return new Preemption.Tenants() {
            @Override
            public Iterable<Instance> on(String node) {
                // one that goes already has left the account, and makes room for one only
                return state.instancesOn(node).values().stream()
                        .filter(it -> !gone.contains(it.id()))
                        .toList();
            }

            @Override
            public Optional<Integer> priority(String deployment) {
                Deployment found = state.deployment(deployment);
                return found == null
                        ? Optional.empty()
                        : Optional.of(found.spec().priority());
            }
        };
    }
}
