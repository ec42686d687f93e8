package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.DeviceRequest;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.VolumesFrom;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.model.Resources;
import io.knit.api.model.VolumeSpec;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.FileMount;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.plugin.docker.engine.EngineErrors;
import io.knit.plugin.docker.engine.Work;
import io.knit.plugin.docker.network.NodeNetwork;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a container, or finds that it was made already. */
public final class ContainerCreation implements Work<String> {
    /** Of a thousandth of a core. */
    private static final long NANOS = 1_000_000;

    private final ContainerSpec spec;
    private final ProcessSettings settings;

    /** @param logDriver the engine's default, empty if unknown */
    public ContainerCreation(ContainerSpec spec, String logDriver) {
        this.spec = spec;
        this.settings = new ProcessSettings(spec, logDriver);
    }

    @Override
    public String run(DockerClient client) {
        try {
            return made(client);
        } catch (ConflictException e) {
            @Nullable InspectContainerResponse holder = holder(client);
            return holder == null ? made(client) : connected(client, adopt(holder, e));
        }
    }

    /** Leaves none that is on some of its networks only: whoever finds it there would start it. */
    private String made(DockerClient client) {
        String id = create(client);
        try {
            return connected(client, id);
        } catch (RuntimeException e) {
            try {
                client.removeContainerCmd(id)
                        .withForce(true)
                        .withRemoveVolumes(true)
                        .exec();
            } catch (RuntimeException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    /** An engine takes one network at the making. */
    private String connected(DockerClient client, String id) {
        spec.network().networks().stream().skip(1).forEach(network -> connect(client, id, network));
        return id;
    }

    private void connect(DockerClient client, String id, NamedNetwork network) {
        NodeNetwork there = ProcessSettings.onEngine(spec, network);
        there.make(client);
        try {
            client.connectToNetworkCmd()
                    .withContainerId(id)
                    .withNetworkId(there.onEngine())
                    .withContainerNetwork(new ContainerNetwork().withAliases(ProcessSettings.aliases(spec, network)))
                    .exec();
        } catch (DockerException e) {
            // made before, it is on it already
            if (!EngineErrors.whole(e).contains("already exists in network")) {
                throw e;
            }
        }
    }

    private String create(DockerClient client) {
        ContainerConfig image = image(client);
        CreateContainerCmd command = client.createContainerCmd(spec.image())
                .withName(spec.name())
                .withLabels(CommittedCopies.over(image, spec.labels()))
                .withEnv(spec.env().entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .sorted()
                        .toList())
                .withExposedPorts(spec.ports().stream()
                        .map(ContainerCreation::exposed)
                        .distinct()
                        .toList())
                .withHostConfig(hostConfig(new VolumeMounts(spec, image).made(client)));
        if (!spec.command().isEmpty()) {
            command.withEntrypoint(spec.command());
        }
        if (!spec.args().isEmpty()) {
            command.withCmd(spec.args());
        }
        if (!spec.process().platform().isEmpty()) {
            command.withPlatform(spec.process().platform());
        }
        settings.of(command);
        try {
            return command.exec().getId();
        } catch (BadRequestException e) {
            throw unseen(e);
        } catch (NotFoundException e) {
            if (NodeNetwork.isMissing(e) && !spec.network().networks().isEmpty()) {
                ProcessSettings.onEngine(spec, spec.network().networks().get(0)).make(client);
                return command.exec().getId();
            }
            if (spec.joins() != null && EngineErrors.whole(e).contains("No such container")) {
                throw new KnitException(
                        ErrorCode.RUNTIME_REFUSED,
                        "the container " + shortId(spec.joins()) + ", which it joins, is not there any more",
                        e);
            }
            throw new KnitException(
                    ErrorCode.IMAGE_UNAVAILABLE,
                    "the image " + spec.image() + " is not on the node any more"
                            + (spec.process().platform().isEmpty()
                                    ? ""
                                    : " for " + spec.process().platform()),
                    e);
        }
    }

    /** How the image of an instance's container is set up; null: making the container says why not, or it is none of an instance. */
    private @Nullable ContainerConfig image(DockerClient client) {
        if (spec.slot() == null && !spec.labels().containsKey(KnitLabels.PART)) {
            return null;
        }
        try {
            return client.inspectImageCmd(spec.image()).exec().getConfig();
        } catch (NotFoundException e) {
            return null;
        }
    }

    /** What the agent wrote, or looked at, and the engine does not find, is elsewhere than on the engine's host. */
    private RuntimeException unseen(BadRequestException refusal) {
        String said = EngineErrors.whole(refusal);
        return Stream.concat(
                        spec.mounts().stream().map(FileMount::source),
                        spec.volumes().stream().filter(VolumeSpec::isBound).map(VolumeSpec::bind))
                .filter(source -> said.endsWith("does not exist: " + source))
                .findFirst()
                .<RuntimeException>map(source -> new KnitException(
                        ErrorCode.RUNTIME_REFUSED,
                        "The Docker Engine does not find " + source
                                + ", which is there for the agent: an agent that runs in a container needs /dev/shm, its data folder and each folder that is bound mounted from the host, at the same path",
                        refusal))
                .orElse(refusal);
    }

    /**
     * No restart policy: after its own restart the engine would start containers behind the agent's back, or not, as it likes. An
     * init unless the spec says otherwise, for a program without a SIGTERM handler as process 1 ignores SIGTERM and waits out the grace
     * time.
     */
    private HostConfig hostConfig(List<Mount> volumes) {
        HostConfig host = HostConfig.newHostConfig()
                .withInit(spec.init())
                .withPidsLimit((long) spec.resources().pids())
                .withRestartPolicy(RestartPolicy.noRestart())
                .withPortBindings(portBindings())
                .withMounts(
                        Stream.concat(volumes.stream(), spec.mounts().stream().map(ContainerCreation::mount))
                                .toList());
        if (spec.joins() != null) {
            host.withVolumesFrom(new VolumesFrom(spec.joins()));
        }
        limit(host);
        settings.of(host);
        return host;
    }

    /** Swap counts, too: with a limit for memory alone the engine would give as much swap again. */
    private void limit(HostConfig host) {
        Resources resources = spec.resources();
        if (resources.cpu() > 0) {
            host.withNanoCPUs(resources.cpu() * NANOS);
        }
        long limit = resources.memoryLimit();
        if (limit > 0) {
            host.withMemory(limit).withMemorySwap(limit);
        }
        if (resources.memory() > 0 && resources.memory() < limit) {
            host.withMemoryReservation(resources.memory());
        }
        if (resources.gpus() > 0) {
            host.withDeviceRequests(
                    List.of(new DeviceRequest().withCount(resources.gpus()).withCapabilities(List.of(List.of("gpu")))));
        }
    }

    private boolean isOnHost() {
        return spec.network().network().equals(NetworkSpec.HOST);
    }

    private Ports portBindings() {
        Ports ports = new Ports();
        if (isOnHost()) {
            // its program takes them itself
            return ports;
        }
        // published and exposed may be the same where a node has no mesh address; the engine would refuse the second
        for (PortBinding port : new LinkedHashSet<>(spec.ports())) {
            ports.bind(exposed(port), new Ports.Binding(port.hostIp(), String.valueOf(port.hostPort())));
        }
        return ports;
    }

    private static ExposedPort exposed(PortBinding port) {
        return new ExposedPort(
                port.containerPort(), port.protocol() == Protocol.UDP ? InternetProtocol.UDP : InternetProtocol.TCP);
    }

    private static Mount mount(FileMount file) {
        return new Mount()
                .withType(MountType.BIND)
                .withSource(file.source())
                .withTarget(file.destination())
                .withReadOnly(true);
    }

    private @Nullable InspectContainerResponse holder(DockerClient client) {
        try {
            return client.inspectContainerCmd(spec.name()).exec();
        } catch (NotFoundException e) {
            return null;
        }
    }

    private String adopt(InspectContainerResponse holder, ConflictException conflict) {
        ContainerConfig config = holder.getConfig();
        Map<String, String> labels = CommittedCopies.own(config == null ? null : config.getLabels());
        boolean same = List.of(KnitLabels.CLUSTER, KnitLabels.INSTANCE).stream()
                .allMatch(key -> labels.containsKey(key)
                        && Objects.equals(labels.get(key), spec.labels().get(key)));
        if (same && isLeaving(holder)) {
            throw new KnitException(
                    ErrorCode.RUNTIME_REFUSED,
                    "The container " + spec.name() + " is still being removed; try again when it is gone",
                    conflict);
        }
        if (same && !Objects.equals(labels.get(KnitLabels.MAIN), spec.labels().get(KnitLabels.MAIN))) {
            throw new KnitException(
                    ErrorCode.RUNTIME_REFUSED,
                    "The container " + spec.name()
                            + " is there, beside another main container; try again when it is gone",
                    conflict);
        }
        if (same) {
            return holder.getId();
        }
        throw new KnitException(
                ErrorCode.RUNTIME_REFUSED,
                "The name " + spec.name() + " is taken on the node by container " + shortId(holder.getId())
                        + ", which is not this instance's; remove or rename that container",
                conflict);
    }

    private static boolean isLeaving(InspectContainerResponse holder) {
        String status = holder.getState() == null ? null : holder.getState().getStatus();
        return "removing".equals(status) || "dead".equals(status);
    }

    public static String shortId(String id) {
        return id.length() <= 12 ? id : id.substring(0, 12);
    }
}
