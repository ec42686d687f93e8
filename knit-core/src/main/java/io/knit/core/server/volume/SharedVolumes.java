package io.knit.core.server.volume;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Volumes of a deployment's first slot that other deployments name as theirs, too (pure). */
public final class SharedVolumes {
    private SharedVolumes() {}

    /** Instances of others that may have the volume. */
    static Stream<Instance> instances(ClusterState state, SlotVolume volume) {
        if (!volume.slot().equals(SlotVolume.FIRST)) {
            return Stream.empty();
        }
        return state.sharersByAnyRevision(volume.deployment()).stream()
                .flatMap(name -> state.instancesIn(name).values().stream())
                .filter(it -> isShared(state, it, volume));
    }

    /** Whether it is by the revision that the instance has, which may be an older one. */
    private static boolean isShared(ClusterState state, Instance instance, SlotVolume volume) {
        Revision revision = state.revision(instance.deployment(), instance.revision());
        return revision != null
                && revision.spec().allVolumes().stream()
                        .anyMatch(it -> it.isShared()
                                && it.of().equals(volume.deployment())
                                && it.name().equals(volume.name()));
    }

    /** Who else has a volume of a slot, or waits to have it. */
    public static Optional<Instance> other(ClusterState state, Collection<SlotVolume> volumes) {
        return volumes.stream()
                .flatMap(volume -> instances(state, volume).filter(it -> VolumeViews.isUser(state, volume, it)))
                .findFirst();
    }

    /**
     * What is kept under a name is not taken for something else by another spec: whose volume a name leads to is no matter of order in a file.
     *
     * @throws KnitException with {@code IN_USE}: it would leave what is in a volume behind, and go on with another one
     */
    public static void requireSame(ClusterState state, DeploymentSpec next) {
        Deployment present = state.deployment(next.name());
        List<VolumeSpec> before = present == null || present.deleting()
                ? List.of()
                : present.spec().allVolumes();
        for (VolumeSpec volume : next.allVolumes()) {
            if (volume.isShared()) {
                requireNoneOfItsOwn(state, next.name(), volume);
            }
            if (!volume.isBound()) {
                before.stream()
                        .filter(it -> it.isShared() && it.name().equals(volume.name()))
                        .filter(it -> !volume.isShared() || !volume.of().equals(it.of()))
                        .filter(it -> kept(state, it.of(), it.name()).isPresent())
                        .findFirst()
                        .ifPresent(old -> {
                            throw refused(
                                    next.name(),
                                    "has the volume \"" + old.name() + "\" of " + old.of()
                                            + ", which it would leave for "
                                            + (volume.isShared() ? "that of " + volume.of() : "an empty one of its own")
                                            + "; say of: " + old.of()
                                            + (volume.isShared() ? "" : ", give its own another name")
                                            + ", or deploy it once without either");
                        });
            }
        }
    }

    private static void requireNoneOfItsOwn(ClusterState state, String name, VolumeSpec volume) {
        kept(state, name, volume.name()).ifPresent(own -> {
            throw refused(
                    name,
                    "has a volume \"" + volume.name() + "\" of its own on " + own.node()
                            + ", which it would leave for that of " + volume.of()
                            + "; take it along by knit volume snapshot and restore, if it is needed, and remove it first: deploy without it, then knit volume rm "
                            + own.deployment() + " " + own.slot() + " " + own.name());
        });
    }

    private static Optional<SlotVolume> kept(ClusterState state, String deployment, String name) {
        return state.volumesOf(deployment).stream()
                .filter(it -> it.name().equals(name) && it.isInForce())
                .findFirst();
    }

    private static KnitException refused(String name, String why) {
        return KnitException.at("/volumes", ErrorCode.IN_USE, name + " " + why);
    }
}
