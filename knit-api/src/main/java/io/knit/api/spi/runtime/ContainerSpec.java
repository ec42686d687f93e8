package io.knit.api.spi.runtime;

import io.knit.api.model.IsolationSpec;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.PortBinding;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.Resources;
import io.knit.api.model.ScratchSpec;
import io.knit.api.model.VolumeSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A container to make.
 *
 * @param name unique on the host
 * @param command replaces the image's entrypoint; empty: the image's own
 * @param args replaces the image's command; empty: the image's own
 * @param labels the user's and Knit's
 * @param init whether an init of the engine's is process 1
 * @param noNewPrivileges whether no program may gain rights that its caller has not
 * @param resources what it may take of the host
 * @param process who its process is, and within which limits; its entrypoint is in {@code command} already, and is not looked at
 * @param isolation what keeps it apart from the host
 * @param scratch where it may write what goes with it
 * @param network how it is called, and whom it asks for names
 * @param log where what it writes is kept
 * @param volumes folders that outlive it, as {@link VolumesAbility} has them; the paths of those that are the host's are the real ones
 * @param slot what the volumes are called; null: there are none, and those that the image wants are the container's own, as they are of one that joins another
 * @param resolver whom it asks for names, as {@link BridgesAbility} has it; null: as the engine and {@code network} have it
 * @param joins the id of the container whose network it is on, by the same addresses and names, and whose mounts it has but for those at the paths of its own volumes; that one has to run when this one is started.
 *     {@code network} is the default one then, and there are no ports. Null: it has its own
 * @param inputOnce whether the end of what the first gives it who joins it is the end of what it reads; else the next may go on. Only with an open {@code stdin} of {@code process}
 */
public record ContainerSpec(
        String name,
        String image,
        List<String> command,
        List<String> args,
        Map<String, String> env,
        Map<String, String> labels,
        List<PortBinding> ports,
        List<FileMount> mounts,
        boolean init,
        boolean noNewPrivileges,
        Resources resources,
        ProcessSpec process,
        IsolationSpec isolation,
        ScratchSpec scratch,
        NetworkSpec network,
        LogSpec log,
        List<VolumeSpec> volumes,
        @Nullable SlotVolumes slot,
        @Nullable ContainerResolver resolver,
        @Nullable String joins,
        boolean inputOnce) {
    public ContainerSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(image, "image");
        command = List.copyOf(command);
        args = List.copyOf(args);
        env = Map.copyOf(env);
        labels = Map.copyOf(labels);
        ports = List.copyOf(ports);
        mounts = List.copyOf(mounts);
        Objects.requireNonNull(resources, "resources");
        Objects.requireNonNull(process, "process");
        Objects.requireNonNull(isolation, "isolation");
        Objects.requireNonNull(scratch, "scratch");
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(log, "log");
        volumes = List.copyOf(volumes);
        if (slot == null && volumes.stream().anyMatch(volume -> !volume.isBound())) {
            throw new IllegalArgumentException("there are volumes, and no slot whose they are; give it");
        }
        if (joins != null && !(network.equals(NetworkSpec.DEFAULT) && ports.isEmpty() && resolver == null)) {
            throw new IllegalArgumentException(
                    "it joins " + joins + " and has a network or ports of its own; leave these out");
        }
    }

    /** One whose input, if it is open, nobody ends. */
    public ContainerSpec(
            String name,
            String image,
            List<String> command,
            List<String> args,
            Map<String, String> env,
            Map<String, String> labels,
            List<PortBinding> ports,
            List<FileMount> mounts,
            boolean init,
            boolean noNewPrivileges,
            Resources resources,
            ProcessSpec process,
            IsolationSpec isolation,
            ScratchSpec scratch,
            NetworkSpec network,
            LogSpec log,
            List<VolumeSpec> volumes,
            @Nullable SlotVolumes slot,
            @Nullable ContainerResolver resolver,
            @Nullable String joins) {
        this(
                name,
                image,
                command,
                args,
                env,
                labels,
                ports,
                mounts,
                init,
                noNewPrivileges,
                resources,
                process,
                isolation,
                scratch,
                network,
                log,
                volumes,
                slot,
                resolver,
                joins,
                false);
    }

    /** One with a network and mounts of its own. */
    public ContainerSpec(
            String name,
            String image,
            List<String> command,
            List<String> args,
            Map<String, String> env,
            Map<String, String> labels,
            List<PortBinding> ports,
            List<FileMount> mounts,
            boolean init,
            boolean noNewPrivileges,
            Resources resources,
            ProcessSpec process,
            IsolationSpec isolation,
            ScratchSpec scratch,
            NetworkSpec network,
            LogSpec log,
            List<VolumeSpec> volumes,
            @Nullable SlotVolumes slot,
            @Nullable ContainerResolver resolver) {
        this(
                name,
                image,
                command,
                args,
                env,
                labels,
                ports,
                mounts,
                init,
                noNewPrivileges,
                resources,
                process,
                isolation,
                scratch,
                network,
                log,
                volumes,
                slot,
                resolver,
                null);
    }

    /** One that asks for names whom the engine and its network name. */
    public ContainerSpec(
            String name,
            String image,
            List<String> command,
            List<String> args,
            Map<String, String> env,
            Map<String, String> labels,
            List<PortBinding> ports,
            List<FileMount> mounts,
            boolean init,
            boolean noNewPrivileges,
            Resources resources,
            ProcessSpec process,
            IsolationSpec isolation,
            ScratchSpec scratch,
            NetworkSpec network,
            LogSpec log,
            List<VolumeSpec> volumes,
            @Nullable SlotVolumes slot) {
        this(
                name,
                image,
                command,
                args,
                env,
                labels,
                ports,
                mounts,
                init,
                noNewPrivileges,
                resources,
                process,
                isolation,
                scratch,
                network,
                log,
                volumes,
                slot,
                null);
    }

    /** One without volumes. */
    public ContainerSpec(
            String name,
            String image,
            List<String> command,
            List<String> args,
            Map<String, String> env,
            Map<String, String> labels,
            List<PortBinding> ports,
            List<FileMount> mounts,
            boolean init,
            boolean noNewPrivileges,
            Resources resources,
            ProcessSpec process,
            IsolationSpec isolation,
            ScratchSpec scratch,
            NetworkSpec network,
            LogSpec log) {
        this(
                name,
                image,
                command,
                args,
                env,
                labels,
                ports,
                mounts,
                init,
                noNewPrivileges,
                resources,
                process,
                isolation,
                scratch,
                network,
                log,
                List.of(),
                null);
    }

    /** One of which no more is said. */
    public ContainerSpec(
            String name,
            String image,
            List<String> command,
            List<String> args,
            Map<String, String> env,
            Map<String, String> labels,
            List<PortBinding> ports,
            List<FileMount> mounts,
            boolean init,
            boolean noNewPrivileges,
            Resources resources) {
        this(
                name,
                image,
                command,
                args,
                env,
                labels,
                ports,
                mounts,
                init,
                noNewPrivileges,
                resources,
                ProcessSpec.DEFAULT,
                IsolationSpec.DEFAULT,
                ScratchSpec.DEFAULT,
                NetworkSpec.DEFAULT,
                LogSpec.DEFAULT);
    }

    /** One with an init, without new privileges, and with the default resources. */
    public ContainerSpec(
            String name,
            String image,
            List<String> command,
            List<String> args,
            Map<String, String> env,
            Map<String, String> labels,
            List<PortBinding> ports,
            List<FileMount> mounts) {
        this(name, image, command, args, env, labels, ports, mounts, true, true, Resources.DEFAULT);
    }
}
