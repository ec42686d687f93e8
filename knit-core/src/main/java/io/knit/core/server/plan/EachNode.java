package io.knit.core.server.plan;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.SlotKey;
import io.knit.core.rules.node.Match;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A slot for each node that has joined and is as the spec wants it. A node that is down, paused or still being drained keeps what it has, and gets
 * nothing.
 */
final class EachNode implements Roster {
    private final Facts facts;
    private final List<Match> matches;
    private final List<SlotKey> wanted = new ArrayList<>();
    private final Set<SlotKey> isWanted = new HashSet<>();
    private final Set<SlotKey> held = new HashSet<>();
    /** Where something has ended for good, and nothing else is. */
    private final Set<SlotKey> over = new HashSet<>();

    private final Map<SlotKey, Integer> numbers = new HashMap<>();
    private final BitSet taken = new BitSet();

    EachNode(DeploymentSpec spec, Collection<Instance> instances, Facts facts) {
        this.facts = facts;
        this.matches = Match.allOf(spec);
        for (Instance instance : instances) {
            numbers.putIfAbsent(instance.slotKey(), instance.slot());
            taken.set(instance.slot());
            if (instance.isOver()) {
                over.add(instance.slotKey());
            }
        }
        instances.stream().filter(it -> !it.isOver()).map(Instance::slotKey).forEach(over::remove);
        for (Node node : facts.nodes()) {
            if (isMet(node)) {
                sort(node);
            }
        }
    }

    private boolean isMet(Node node) {
        return node.state() != NodeState.DISCOVERED && matches.stream().allMatch(match -> match.meets(node));
    }

    private void sort(Node node) {
        SlotKey key = SlotKey.of(node.id());
        NodeWish.Availability availability = node.wish().availability();
        boolean left = availability == NodeWish.Availability.DRAINED && !facts.servesOthers(node.id());
        // what has ended for good takes nothing there, and would run a second time once the node is back
        if (left && !over.contains(key)) {
            return;
        }
        if (node.state() == NodeState.DOWN || availability != NodeWish.Availability.ACTIVE) {
            held.add(key);
        } else {
            wanted.add(key);
            isWanted.add(key);
        }
    }

    @Override
    public List<SlotKey> wanted() {
        return wanted;
    }

    @Override
    public boolean isWanted(SlotKey key) {
        return isWanted.contains(key);
    }

    @Override
    public boolean isHeld(SlotKey key) {
        return held.contains(key);
    }

    @Override
    public @Nullable String away(SlotKey key) {
        Node node = key.name() == null ? null : facts.node(key.name());
        if (node == null || node.state() == NodeState.DISCOVERED || isWanted(key)) {
            return null;
        }
        if (node.state() == NodeState.DOWN) {
            return "down";
        }
        return switch (node.wish().availability()) {
            case PAUSED -> "paused";
            case DRAINED -> "drained";
            case ACTIVE -> "not wanted any more";
        };
    }

    @Override
    public int number(SlotKey key) {
        return numbers.computeIfAbsent(key, unknown -> {
            int free = taken.nextClearBit(0);
            taken.set(free);
            return free;
        });
    }

    @Override
    public String whyNot(Instance surplus) {
        Node node = surplus.key() == null ? null : facts.node(surplus.key());
        if (node == null) {
            return "its node is forgotten";
        }
        return isMet(node)
                ? node.id() + " is drained, and nothing else is left on it"
                : node.id() + " is not what node_selector, constraints and platform want any more";
    }
}
