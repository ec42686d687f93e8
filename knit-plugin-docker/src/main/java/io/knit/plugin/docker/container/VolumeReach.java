package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.VolumeOptions;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.VolumeFilesAbility;
import io.knit.plugin.docker.engine.Cpu;
import io.knit.plugin.docker.engine.Work;
import java.util.List;
import java.util.Map;

/**
 * Makes a container that is never started and has one volume. Its image is an empty one that is made on the spot: that of whoever has the volume may be gone from the node, and may want volumes of its
 * own.
 */
public final class VolumeReach implements Work<String> {
    private final String volume;
    private final String container;
    private final Map<String, String> labels;

    public VolumeReach(String volume, String container, Map<String, String> labels) {
        this.volume = volume;
        this.container = container;
        this.labels = Map.copyOf(labels);
    }

    @Override
    public String run(DockerClient client) {
        if (!VolumeCalls.isThere(client, volume)) {
            throw new KnitException(ErrorCode.NOT_FOUND, "there is no volume " + volume + " on the node");
        }
        try {
            return make(client);
        } catch (NotFoundException e) {
            EmptyImage.load(
                    client,
                    Cpu.imagesName(String.valueOf(client.infoCmd().exec().getArchitecture())));
            return make(client);
        }
    }

    private String make(DockerClient client) {
        Mount mount = new Mount()
                .withType(MountType.VOLUME)
                .withSource(volume)
                .withTarget(VolumeFilesAbility.FOLDER)
                .withVolumeOptions(new VolumeOptions().withNoCopy(true));
        return client.createContainerCmd(EmptyImage.NAME)
                .withName(container)
                .withLabels(labels)
                // an engine makes none without a command
                .withCmd("never-started")
                .withHostConfig(
                        HostConfig.newHostConfig().withMounts(List.of(mount)).withNetworkMode("none"))
                .exec()
                .getId();
    }
}
