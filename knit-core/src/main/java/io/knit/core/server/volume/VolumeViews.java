package io.knit.core.server.volume;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Order;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import io.knit.core.server.schedule.wish.Pins;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.Features;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is to be said of volumes (pure). */
public final class VolumeViews {
    private VolumeViews() {}

    public static VolumeView of(ClusterState state, SlotVolume volume) {
        Node node = state.node(volume.node());
        String user = user(state, volume).map(Instance::id).orElse(null);
        return new VolumeView(
                volume, user, away(volume.node(), node), awaits(state, volume, node), move(state, volume));
    }

    /** The move that the volume is part of, from its node or to it. */
    static @Nullable SlotMove move(ClusterState state, SlotVolume volume) {
        SlotMove move = state.move(volume.deployment(), volume.slot());
        boolean part = move != null
                && move.volumes().contains(volume.name())
                && (move.from().equals(volume.node()) || move.to().equals(volume.node()));
        return part ? move : null;
    }

    /**
     * The volume that is meant.
     *
     * @param node null: the only one where it is
     * @throws KnitException with {@code NOT_FOUND}; with {@code INVALID_VALUE} if it is on several and none is named
     */
    public static SlotVolume one(
            ClusterState state, String deployment, String slot, String volume, @Nullable String node) {
        List<SlotVolume> meant = state.volumesOf(deployment).stream()
                .filter(it -> it.slot().equals(slot) && it.name().equals(volume))
                .filter(it -> node == null || it.node().equals(node))
                .toList();
        if (meant.size() == 1) {
            return meant.get(0);
        }
        if (meant.isEmpty()) {
            throw new KnitException(
                    ErrorCode.NOT_FOUND,
                    "no such volume is known"
                            + (node == null ? "" : " on that node")
                            + "; GET /volumes?deployment=… lists what there is, with slots and names");
        }
        throw new KnitException(
                ErrorCode.INVALID_VALUE,
                "the volume \"" + volume + "\" of slot " + slot + " is on "
                        + meant.stream().map(SlotVolume::node).collect(Collectors.joining(" and "))
                        + ", each with its own content; say with node which is meant");
    }

    /** The instance that is wanted and has it on its node, or has no node yet and may have it there. */
    public static Optional<Instance> user(ClusterState state, SlotVolume volume) {
        return ofDeploymentAndSharers(state, volume)
                .filter(it -> isUser(state, volume, it))
                .findFirst();
    }

    private static Stream<Instance> ofDeploymentAndSharers(ClusterState state, SlotVolume volume) {
        return Stream.concat(
                state.instancesIn(volume.deployment()).values().stream(), SharedVolumes.instances(state, volume));
    }

    static boolean isUser(ClusterState state, SlotVolume volume, Instance instance) {
        Revision revision = state.revision(instance.deployment(), instance.revision());
        boolean there = instance.node() == null || instance.node().equals(volume.node());
        boolean wanted = instance.order() == Order.RUN
                && instance.state() != InstanceState.COMPLETED
                && !isSurplus(state, instance);
        if (revision == null || !there || !wanted || volume.movedTo() != null) {
            return false;
        }
        DeploymentSpec spec = revision.spec();
        Pins.Pin pin = instance.node() == null ? state.pins(spec).of(instance) : null;
        if (pin != null && pin.node().isEmpty()) {
            // it has none of them while no node has all, and is told to have some removed
            return false;
        }
        String prefix = SlotVolume.prefix(volume.deployment(), volume.slot(), volume.name());
        return spec.allVolumes().stream()
                .anyMatch(it -> !it.isBound()
                        && SlotVolume.prefixOf(instance, spec.mode(), it).equals(prefix));
    }

    private static boolean isSurplus(ClusterState state, Instance instance) {
        Deployment wish = state.deployment(instance.deployment());
        return wish == null
                || wish.deleting()
                || wish.spec().mode() == Mode.REPLICATED
                        && instance.slot() >= wish.spec().replicas();
    }

    private static String away(String id, @Nullable Node node) {
        if (node == null) {
            return id + " is not known";
        }
        return node.state() == NodeState.DOWN ? id + " is down since " + node.changedAt() : "";
    }

    private static String awaits(ClusterState state, SlotVolume volume, @Nullable Node node) {
        if (volume.removing() == null) {
            return "";
        }
        String away = away(volume.node(), node);
        if (!away.isEmpty()) {
            return "it goes when its node is back: " + away;
        }
        if (node != null && !node.features().contains(Features.VOLUME_REMOVAL)) {
            return "it goes when the agent of " + volume.node() + " is a newer one: "
                    + (node.agentVersion().isEmpty() ? "this one" : node.agentVersion()) + " can't remove volumes";
        }
        return ofDeploymentAndSharers(state, volume)
                .filter(it -> volume.node().equals(it.node()))
                .findFirst()
                .map(it -> "it goes when no container has it: " + it.id() + " is "
                        + it.shown().wireName())
                .orElse("it goes as soon as " + volume.node() + " has removed it");
    }
}
