package io.knit.core.server.state;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Mode;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.schedule.wish.Pins;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/** Volumes of slots, by their keys and by their nodes, and moves of slots by theirs. Immutable; a changed copy shares what did not change. */
record VolumeIndex(
        PSortedMap<String, SlotVolume> all,
        PMap<String, PSortedMap<String, SlotVolume>> byNode,
        PSortedMap<String, SlotMove> moves) {
    static final VolumeIndex EMPTY = new VolumeIndex(TreePMap.empty(), HashTreePMap.empty(), TreePMap.empty());

    private static final char AFTER_SLASH = '/' + 1;

    VolumeIndex with(SlotVolume volume) {
        PSortedMap<String, SlotVolume> there = byNode.getOrDefault(volume.node(), TreePMap.empty());
        return new VolumeIndex(
                all.plus(volume.key(), volume), byNode.plus(volume.node(), there.plus(volume.key(), volume)), moves);
    }

    VolumeIndex with(SlotMove move) {
        return new VolumeIndex(all, byNode, moves.plus(move.key(), move));
    }

    VolumeIndex withoutMove(String key) {
        return moves.containsKey(key) ? new VolumeIndex(all, byNode, moves.minus(key)) : this;
    }

    VolumeIndex without(String key) {
        SlotVolume volume = all.get(key);
        if (volume == null) {
            return this;
        }
        PSortedMap<String, SlotVolume> rest =
                Objects.requireNonNull(byNode.get(volume.node())).minus(key);
        return new VolumeIndex(
                all.minus(key), rest.isEmpty() ? byNode.minus(volume.node()) : byNode.plus(volume.node(), rest), moves);
    }

    VolumeIndex withoutNode(String node) {
        VolumeIndex rest = this;
        for (String key : on(node).keySet()) {
            rest = rest.without(key);
        }
        return rest;
    }

    Map<String, SlotVolume> on(String node) {
        PSortedMap<String, SlotVolume> there = byNode.get(node);
        return there == null ? Map.of() : there;
    }

    /** Those whose keys begin so. */
    Collection<SlotVolume> startingWith(String prefix) {
        String end = prefix.substring(0, prefix.length() - 1) + AFTER_SLASH;
        return List.copyOf(all.subMap(prefix, end).values());
    }

    /** Where a spec's instances have to be for what is in their volumes. */
    Pins pins(DeploymentSpec spec) {
        boolean free = all.isEmpty()
                || spec.mode() == Mode.GLOBAL
                || spec.allVolumes().stream().noneMatch(VolumeSpec::pins);
        return free ? Pins.NONE : instance -> pin(spec, instance);
    }

    private Pins.@Nullable Pin pin(DeploymentSpec spec, Instance instance) {
        Pins.Pin found = null;
        for (VolumeSpec volume : spec.allVolumes()) {
            Optional<SlotVolume> there = volume.pins() ? there(spec, instance, volume) : Optional.empty();
            if (there.isPresent()) {
                String node = there.get().node();
                Pins.Pin pin = new Pins.Pin(instance.slotKey(), node, volume.name(), volume.of());
                if (found != null && !found.node().equals(node)) {
                    return new Pins.Pin(
                            instance.slotKey(),
                            "",
                            found.volume() + "\" on " + found.node() + " and \"" + volume.name() + "\" on " + node);
                }
                found = found == null ? pin : found;
            }
        }
        return found;
    }

    /** Whether it is where a move is to lead to. */
    private boolean isComing(SlotVolume volume) {
        SlotMove move = moves.get(SlotMove.key(volume.deployment(), volume.slot()));
        return move != null && move.to().equals(volume.node());
    }

    @Nullable
    SlotMove sharedMove(DeploymentSpec spec) {
        for (VolumeSpec volume : moves.isEmpty() ? List.<VolumeSpec>of() : spec.allVolumes()) {
            SlotMove move = volume.isShared() ? moves.get(SlotMove.key(volume.of(), SlotVolume.FIRST)) : null;
            if (move != null) {
                return move;
            }
        }
        return null;
    }

    boolean areSharedPlaced(DeploymentSpec spec) {
        return spec.allVolumes().stream()
                .filter(VolumeSpec::isShared)
                .allMatch(volume -> there(SlotVolume.prefix(volume.of(), SlotVolume.FIRST, volume.name()))
                        .isPresent());
    }

    private Optional<SlotVolume> there(DeploymentSpec spec, Instance instance, VolumeSpec volume) {
        return there(SlotVolume.prefixOf(instance, spec.mode(), volume));
    }

    private Optional<SlotVolume> there(String prefix) {
        return startingWith(prefix).stream()
                .filter(each -> each.isInForce() && !isComing(each))
                .findFirst();
    }
}
