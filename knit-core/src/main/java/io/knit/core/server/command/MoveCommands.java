package io.knit.core.server.command;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
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
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.schedule.GroupPlacement;
import io.knit.core.server.schedule.Scheduler;
import io.knit.core.server.schedule.wish.Group;
import io.knit.core.server.schedule.wish.Pins;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.volume.MoveSteps;
import io.knit.core.server.volume.SharedVolumes;
import io.knit.core.wire.Features;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Begins and ends moves of slots with their volumes (pure). What can be known to be in vain is refused before anything stops. */
final class MoveCommands {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private final ClusterState state;
    private final Command.MoveSlot command;
    private final Deployment present;
    private final Instant now;

    private MoveCommands(ClusterState state, Command.MoveSlot command, Instant now) {
        this.state = state;
        this.command = command;
        this.present = DeploymentCommands.named(state, command.name());
        this.now = now;
    }

    /** Answers with the deployment. */
    static Decision<Deployment> move(ClusterState state, Command.MoveSlot command, Instant now) {
        return new MoveCommands(state, command, now).decide();
    }

    /** The same for one that is to end where it was. */
    static Decision<Deployment> cancel(ClusterState state, Command.CancelMove command, Caller caller, Instant now) {
        Deployment present = DeploymentCommands.named(state, command.name());
        SlotMove move = state.move(command.name(), command.slot());
        if (move == null) {
            throw new KnitException(
                    ErrorCode.NOT_FOUND,
                    "no move of slot " + command.slot() + " of " + command.name()
                            + " is under way; it may be over: GET /volumes says where its volumes are");
        }
        return new Decision<>(MoveSteps.back(state, move, caller.name() + " cancelled it", now), present);
    }

    private Decision<Deployment> decide() {
        requireAtRest();
        List<SlotVolume> volumes = volumes();
        String from = volumes.get(0).node();
        requireNodes(from);
        requireFree(volumes);
        requireUnshared(volumes);
        requireFits(volumes);
        SlotMove move = new SlotMove(
                command.name(),
                command.slot(),
                from,
                command.to(),
                volumes.stream().map(SlotVolume::name).toList(),
                false,
                now,
                0);
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.PutMove(move));
        for (Instance instance : ofSlot()) {
            // also what ended for good: its container has the volumes
            if (instance.order() == Order.RUN && instance.node() != null) {
                changes.add(new Change.PutInstance(MoveSteps.stopping(instance, move, now)));
            }
        }
        return new Decision<>(changes, present);
    }

    private List<Instance> ofSlot() {
        return state.instancesOf(command.name()).stream()
                .filter(it -> SlotVolume.slotOf(it, present.spec().mode()).equals(command.slot()))
                .toList();
    }

    private void requireAtRest() {
        if (present.deleting()) {
            throw refused(ErrorCode.IN_USE, command.name() + " is being undeployed");
        }
        if (present.spec().mode() != Mode.REPLICATED) {
            throw refused(
                    ErrorCode.INVALID_VALUE,
                    "only the slots of a deployment whose mode is replicated move, and that of " + command.name()
                            + " is " + present.spec().mode().wireName());
        }
        if (!NUMBER.matcher(command.slot()).matches()) {
            throw refused(
                    ErrorCode.INVALID_VALUE,
                    "the slots of a replicated deployment are numbers; a volume of a slot that is called as a node is left of when it ran on each");
        }
        SlotMove other = state.move(command.name(), command.slot());
        if (other != null) {
            throw refused(
                    ErrorCode.IN_USE,
                    "it moves from " + other.from() + " to " + other.to()
                            + " already; wait until that is over, or cancel it");
        }
        // of the first revision there is nothing that is replaced: who waited for it was told that it runs
        if (present.rollout().from() > 0 && present.rollout().isUnderWay()) {
            throw refused(
                    ErrorCode.IN_USE, "a rollout of " + command.name() + " is under way; wait until that is over");
        }
        if (ofSlot().stream().anyMatch(it -> it.state() == InstanceState.LOST)) {
            throw refused(
                    ErrorCode.IN_USE, "what ran of it is lost, and may run still; try again when its node has said");
        }
    }

    /** Those that hold it. */
    private List<SlotVolume> volumes() {
        Collection<SlotVolume> all = state.volumesOf(command.name()).stream()
                .filter(it -> it.slot().equals(command.slot()))
                .toList();
        List<VolumeSpec> said = present.spec().allVolumes().stream()
                .filter(volume -> !volume.isShared())
                .toList();
        // a share that one container only reads, and another writes
        Set<String> pinning =
                said.stream().filter(VolumeSpec::pins).map(VolumeSpec::name).collect(Collectors.toSet());
        Set<String> free = said.stream()
                .filter(it -> !it.isBound() && !pinning.contains(it.name()))
                .map(VolumeSpec::name)
                .collect(Collectors.toSet());
        List<SlotVolume> held = all.stream()
                .filter(it -> it.isInForce() && !free.contains(it.name()))
                .toList();
        if (held.isEmpty()) {
            present.spec().allVolumes().stream()
                    .filter(VolumeSpec::isShared)
                    .findFirst()
                    .ifPresent(shared -> {
                        throw refused(
                                ErrorCode.INVALID_VALUE,
                                "it has no volume of its own: \"" + shared.name() + "\" is " + shared.of()
                                        + "'s, and it goes where that is; move slot 0 of " + shared.of());
                    });
            throw refused(
                    ErrorCode.NOT_FOUND,
                    "no volume holds that slot to a node; GET /volumes?deployment=" + command.name()
                            + " lists those that there are");
        }
        List<String> nodes = held.stream().map(SlotVolume::node).distinct().toList();
        if (nodes.size() > 1) {
            throw refused(
                    ErrorCode.IN_USE,
                    "its volumes are on several nodes, " + String.join(" and ", nodes)
                            + "; remove what is not needed of them first (knit volume rm)");
        }
        for (VolumeSpec volume : said) {
            boolean plain = volume.isLocal() && volume.options().isEmpty();
            if (!plain && held.stream().anyMatch(it -> it.name().equals(volume.name()))) {
                throw refused(
                        ErrorCode.INVALID_VALUE,
                        "what is in its volume \"" + volume.name()
                                + "\" is kept elsewhere than on the engine's disk, by its driver or options");
            }
        }
        all.stream()
                .filter(it -> it.removing() != null && it.node().equals(nodes.get(0)))
                .findFirst()
                .ifPresent(going -> {
                    throw refused(
                            ErrorCode.IN_USE,
                            "its volume \"" + going.name() + "\" on " + going.node()
                                    + " is to go; wait until it is gone");
                });
        return held;
    }

    private void requireNodes(String from) {
        if (from.equals(command.to())) {
            throw refused(ErrorCode.INVALID_VALUE, "it is there: its volumes are on " + from);
        }
        for (String id : List.of(from, command.to())) {
            Node node = state.node(id);
            if (node == null) {
                throw refused(ErrorCode.NOT_FOUND, "there is no node " + id + "; GET /nodes lists all");
            }
            if (node.state() == NodeState.DOWN) {
                throw refused(
                        ErrorCode.TRANSPORT_UNAVAILABLE,
                        "node " + id + " is down since " + node.changedAt() + "; both nodes have to be there");
            }
            if (!node.features().contains(Features.VOLUME_MOVE)) {
                throw refused(
                        ErrorCode.VERSION_NOT_SPOKEN,
                        "the agent on " + id + " is of a release that knows nothing of moves; upgrade it");
            }
        }
    }

    private void requireFree(List<SlotVolume> volumes) {
        for (SlotVolume volume : volumes) {
            SlotVolume there = state.volumes()
                    .get(SlotVolume.prefix(volume.deployment(), volume.slot(), volume.name()) + command.to());
            if (there != null) {
                throw refused(
                        ErrorCode.IN_USE,
                        command.to() + " has a volume \"" + there.name() + "\" of that slot already"
                                + (there.removing() != null
                                        ? ", which is to go; wait until it is gone"
                                        : "; remove it first: knit volume rm " + there.deployment() + " " + there.slot()
                                                + " " + there.name() + " --node " + there.node()));
            }
        }
    }

    /** A slot moves with all that it has, and nobody else writes to it meanwhile. */
    private void requireUnshared(List<SlotVolume> volumes) {
        present.spec().allVolumes().stream()
                .filter(VolumeSpec::isShared)
                .findFirst()
                .ifPresent(shared -> {
                    throw refused(
                            ErrorCode.IN_USE,
                            "the volume \"" + shared.name() + "\" that it shares is " + shared.of()
                                    + "'s, and does not go along; deploy it without that first");
                });
        SharedVolumes.other(state, volumes).ifPresent(other -> {
            throw refused(
                    ErrorCode.IN_USE,
                    other.id() + " of " + other.deployment()
                            + " shares its volume; scale that to 0 first, and up again when it has moved: it goes where the volume is");
        });
    }

    private void requireFits(List<SlotVolume> volumes) {
        DeploymentSpec spec = present.spec();
        int slot = Integer.parseInt(command.slot());
        Instance anew = Instance.pending(
                "move", command.name(), present.revision(), slot, 0, List.of(), state.served(), "", now);
        Pins pins = instance ->
                new Pins.Pin(instance.slotKey(), command.to(), volumes.get(0).name());
        Group group = Group.of(List.of(anew), spec, spec, state.served(), pins).get(0);
        GroupPlacement placement = Scheduler.place(state.fleet(), group);
        if (placement.waiting() != null) {
            throw refused(ErrorCode.NO_NODE_FITS, placement.waiting().refusal().sentence());
        }
    }

    private KnitException refused(ErrorCode code, String why) {
        return new KnitException(
                code,
                "slot " + command.slot() + " of " + command.name() + " can't move to " + command.to() + ": " + why
                        + ". Nothing was changed");
    }
}
