package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.BindOptions;
import com.github.dockerjava.api.model.BindPropagation;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.Driver;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.VolumeOptions;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.SlotVolumes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The folders of a container that outlive it. Volumes are made before it: a container would have one made without a look at what is there by that name. */
final class VolumeMounts {
    private final ContainerSpec spec;
    private final @Nullable ContainerConfig image;

    /** @param image how it is set up; null: that is not known */
    VolumeMounts(ContainerSpec spec, @Nullable ContainerConfig image) {
        this.spec = spec;
        this.image = image;
    }

    List<Mount> made(DockerClient client) {
        List<Mount> mounts = new ArrayList<>();
        SlotVolumes slot = spec.slot();
        for (VolumeSpec volume : spec.volumes()) {
            mounts.add(volume.isBound() ? bound(volume) : named(client, Objects.requireNonNull(slot), volume));
        }
        // what its image wants of one that joins another is in that one's mounts, or its own
        if (slot != null && spec.joins() == null) {
            for (String path : uncovered()) {
                mounts.add(made(client, slot.unnamed(path), VolumeSpec.LOCAL, Map.of(), slot.labels(path))
                        .withTarget(path));
            }
        }
        return mounts;
    }

    /** An engine refuses a source that is not there when it is asked for it as a mount. */
    private static Mount bound(VolumeSpec volume) {
        Mount mount = new Mount()
                .withType(MountType.BIND)
                .withSource(volume.bind())
                .withTarget(volume.destination())
                .withReadOnly(volume.readOnly());
        // what an engine does unless told is not said to it: containers of before are the same
        return volume.propagation().equals(VolumeSpec.RPRIVATE)
                ? mount
                : mount.withBindOptions(new BindOptions().withPropagation(propagation(volume.propagation())));
    }

    private static BindPropagation propagation(String word) {
        String name = word.replaceFirst("^r", "r_").toUpperCase(Locale.ROOT);
        try {
            return BindPropagation.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "propagation " + word + " is none of the engine's", e);
        }
    }

    private static Mount named(DockerClient client, SlotVolumes own, VolumeSpec volume) {
        SlotVolumes slot = own.holding(volume);
        return made(client, slot.named(volume.name()), volume.driver(), volume.options(), slot.labels(volume.name()))
                .withTarget(volume.destination())
                .withReadOnly(volume.readOnly());
    }

    /** Paths at which the image wants a volume, and where nothing else is mounted. */
    private Set<String> uncovered() {
        Set<String> paths = new TreeSet<>(wanted());
        if (!paths.isEmpty()) {
            Set<String> taken = new HashSet<>();
            spec.volumes().forEach(volume -> taken.add(volume.destination()));
            spec.mounts().forEach(file -> taken.add(file.destination()));
            spec.scratch().tmpfs().forEach(words -> taken.add(words.split(":", 2)[0]));
            paths.removeAll(taken);
        }
        return paths;
    }

    private Set<String> wanted() {
        Map<String, ?> volumes = image == null ? null : image.getVolumes();
        Set<String> paths = new HashSet<>();
        if (volumes != null) {
            volumes.keySet().forEach(path -> paths.add(plain(path)));
        }
        paths.remove("/");
        return paths;
    }

    private static String plain(String path) {
        String plain = path.replaceAll("/+", "/").replaceAll("(.)/$", "$1");
        return plain.startsWith("/") ? plain : "/" + plain;
    }

    /** Says once more what the volume is: where somebody removes it before the container is made, the engine makes it itself. */
    private static Mount made(
            DockerClient client, String name, String driver, Map<String, String> options, Map<String, String> labels) {
        make(client, name, driver, options, labels);
        return new Mount()
                .withType(MountType.VOLUME)
                .withSource(name)
                .withVolumeOptions(new VolumeOptions()
                        .withLabels(labels)
                        .withDriverConfig(new Driver().withName(driver).withOptions(options)));
    }

    private static void make(
            DockerClient client, String name, String driver, Map<String, String> options, Map<String, String> labels) {
        InspectVolumeResponse there = find(client, name);
        if (there == null) {
            client.createVolumeCmd()
                    .withName(name)
                    .withDriver(driver)
                    .withDriverOpts(options)
                    .withLabels(labels)
                    .exec();
            return;
        }
        Map<String, String> known = there.getLabels() == null ? Map.of() : there.getLabels();
        if (!Objects.equals(known.get(KnitLabels.CLUSTER), labels.get(KnitLabels.CLUSTER))) {
            throw refused("The volume " + name + " on the node is not this cluster's; remove or rename it");
        }
        Map<String, String> has = there.getOptions() == null ? Map.of() : there.getOptions();
        if (!driver.equals(there.getDriver()) || !has.equals(options)) {
            throw refused("The volume " + name + " is there with the driver " + there.getDriver() + " and the options "
                    + has.keySet() + " of before, and what is in it stays; take another name in volumes, or remove it");
        }
    }

    private static @Nullable InspectVolumeResponse find(DockerClient client, String name) {
        try {
            return client.inspectVolumeCmd(name).exec();
        } catch (NotFoundException e) {
            return null;
        }
    }

    private static KnitException refused(String words) {
        return new KnitException(ErrorCode.RUNTIME_REFUSED, words);
    }
}
