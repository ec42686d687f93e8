package io.knit.core.server.dispatch;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.Order;
import io.knit.api.model.Preparation;
import io.knit.api.model.SlotVolume;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.Features;
import io.knit.core.wire.Prepare;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.VolumeRemoval;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a node's assignment set out of the state. Loop-bound: it remembers digests of nodes that did not change. */
public final class AssignmentBook {
    /** A heartbeat tells of all of them; the others wait for their turn. */
    private static final int MOST_PREPARED = 20;

    private final Map<String, Known> known = new HashMap<>();
    private final SetNumbers numbers;

    public AssignmentBook(SetNumbers numbers) {
        this.numbers = numbers;
    }

    public SetNumbers numbers() {
        return numbers;
    }

    /** The digest of what {@code instances} lead to; valid as long as the state holds the same object, or one that orders the same. */
    private record Known(
            Map<String, Instance> instances,
            Map<String, SlotVolume> volumes,
            List<String> features,
            List<VolumeRemoval> removals,
            boolean echoes,
            String digest) {
        boolean isOf(Map<String, Instance> newest, Map<String, SlotVolume> there, List<String> can) {
            return instances == newest && volumes == there && features.equals(can);
        }
    }

    /** Everything the node is to run or to stop, each spec whole and with its name. */
    public AssignmentSet of(ClusterState state, String node) {
        return read(state, node, digest(state, node));
    }

    /** Whether its agent gives back any digest; the first release works it out. */
    private static boolean echoes(ClusterState state, String id) {
        Node node = state.node(id);
        return node != null && node.features().contains(Features.ECHO);
    }

    private AssignmentSet read(ClusterState state, String node, @Nullable String digest) {
        List<Assignment> assignments = new ArrayList<>();
        List<Prepare> prepare = new ArrayList<>();
        for (Instance instance : state.instancesOn(node).values()) {
            if (node.equals(instance.node())) {
                assignments.add(assignment(state, instance));
            } else if (prepare.size() < MOST_PREPARED) {
                prepare(state, instance).ifPresent(prepare::add);
            }
        }
        return AssignmentSet.of(numbers.of(state), assignments, prepare, digest).removing(removals(state, node));
    }

    /** For an agent that can't, they wait until another one is the node's. */
    private static List<VolumeRemoval> removals(ClusterState state, String id) {
        Node node = state.node(id);
        return node == null || !node.features().contains(Features.VOLUME_REMOVAL)
                ? List.of()
                : state.volumesOn(id).values().stream()
                        .filter(volume -> volume.removing() != null)
                        .limit(VolumeRemoval.MOST)
                        .map(VolumeRemoval::of)
                        .toList();
    }

    /** Those that are ready are not asked for any more. */
    private record PartImage(String image, String platform) {}

    private static Optional<Prepare> prepare(ClusterState state, Instance instance) {
        Preparation preparation = instance.preparation();
        Revision revision = state.revision(instance.deployment(), instance.revision());
        if (revision == null || preparation == null || preparation.done()) {
            return Optional.empty();
        }
        DeploymentSpec spec = revision.spec();
        List<PartImage> parts = Stream.concat(
                        spec.initContainers().stream().map(part -> new PartImage(part.image(), part.platform())),
                        spec.sidecars().stream().map(part -> new PartImage(part.image(), part.platform())))
                .distinct()
                .toList();
        List<String> platforms = Stream.concat(
                        Stream.of(spec.process().platform()), parts.stream().map(PartImage::platform))
                .toList();
        return Optional.of(new Prepare(
                instance.id(),
                instance.attempt(),
                spec.image(),
                spec.pull(),
                spec.registryAuth(),
                parts.isEmpty() ? null : parts.stream().map(PartImage::image).toList(),
                platforms.stream().allMatch(String::isEmpty) ? null : platforms));
    }

    private static Assignment assignment(ClusterState state, Instance instance) {
        Revision revision = state.revision(instance.deployment(), instance.revision());
        if (instance.order() == Order.STOP || revision == null) {
            return new Assignment(
                    instance.id(),
                    instance.deployment(),
                    instance.revision(),
                    instance.slot(),
                    Order.STOP,
                    null,
                    "",
                    List.of());
        }
        return new Assignment(
                instance.id(),
                instance.deployment(),
                instance.revision(),
                instance.slot(),
                Order.RUN,
                revision.spec(),
                revision.specHash(),
                instance.ports(),
                revision.blob(),
                null,
                revision.spec().mode() == Mode.GLOBAL ? instance.key() : null,
                reads(revision));
    }

    private static @Nullable List<ReadValue> reads(Revision revision) {
        return revision.reads().isEmpty()
                ? null
                : revision.reads().entrySet().stream()
                        .map(read -> ReadValue.named(read.getKey(), read.getValue()))
                        .toList();
    }

    /** The node is forgotten. */
    public void forget(String node) {
        known.remove(node);
    }

    /** The digest of the node's set. */
    public String digest(ClusterState state, String node) {
        Map<String, Instance> instances = state.instancesOn(node);
        Known last = known.get(node);
        Map<String, SlotVolume> volumes = state.volumesOn(node);
        Node agent = state.node(node);
        List<String> features = agent == null ? List.of() : agent.features();
        if (last != null && last.isOf(instances, volumes, features)) {
            return last.digest();
        }
        boolean echoes = echoes(state, node);
        List<VolumeRemoval> removals = removals(state, node);
        String digest;
        if (last != null
                && last.echoes() == echoes
                && last.removals().equals(removals)
                && orderTheSame(last.instances(), instances)) {
            // what agents tell of their instances is most of what changes, and no part of what they are told
            digest = last.digest();
        } else {
            AssignmentSet set = read(state, node, null);
            digest = (echoes ? set.worded() : set).digest();
        }
        known.put(node, new Known(instances, volumes, features, removals, echoes, digest));
        return digest;
    }

    private static boolean orderTheSame(Map<String, Instance> before, Map<String, Instance> now) {
        if (before.size() != now.size()) {
            return false;
        }
        for (Instance instance : now.values()) {
            Instance old = before.get(instance.id());
            boolean same = old == instance
                    || old != null
                            && Objects.equals(old.node(), instance.node())
                            && old.order() == instance.order()
                            && old.revision() == instance.revision()
                            && old.attempt() == instance.attempt()
                            && old.ports().equals(instance.ports())
                            && Objects.equals(old.preparation(), instance.preparation());
            if (!same) {
                return false;
            }
        }
        return true;
    }
}
