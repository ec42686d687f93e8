package io.knit.api.model;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A container of an instance that runs as long as its main one does, in its network and with its files.
 *
 * @param name a DNS label, unique among the deployment's sidecars and init containers, and not {@code main}
 * @param entrypoint replaces the image's entrypoint, and {@code command} and {@code args} are its arguments; empty: {@code command} replaces it
 * @param command replaces the image's entrypoint; empty: the image's own
 * @param args replaces the image's command; empty: the image's own
 * @param env its environment, of which nothing is the main container's
 * @param user who its process is: {@code name} or {@code uid}, perhaps with {@code :group}; empty: the image's
 * @param workdir absolute path in the container where it starts; empty: the image's
 * @param volumes folders of its own that outlive it, beside those of the main container, of which it does not see what is mounted at the same paths
 * @param platform what its image is for, {@code os/arch} or {@code os/arch/variant}, and what its node must be; empty: as the node's engine chooses
 */
public record SidecarSpec(
        String name,
        String image,
        List<String> entrypoint,
        List<String> command,
        List<String> args,
        Map<String, String> env,
        String user,
        String workdir,
        List<VolumeSpec> volumes,
        String platform) {

    public SidecarSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(image, "image");
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        args = List.copyOf(args);
        env = Copies.ordered(env);
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(workdir, "workdir");
        volumes = List.copyOf(volumes);
        Objects.requireNonNull(platform, "platform");
    }

    /** One whose image is as the node's engine chooses. */
    public SidecarSpec(
            String name,
            String image,
            List<String> entrypoint,
            List<String> command,
            List<String> args,
            Map<String, String> env,
            String user,
            String workdir,
            List<VolumeSpec> volumes) {
        this(name, image, entrypoint, command, args, env, user, workdir, volumes, "");
    }

    /** One that has only what the main container has. */
    public SidecarSpec(
            String name,
            String image,
            List<String> entrypoint,
            List<String> command,
            List<String> args,
            Map<String, String> env,
            String user,
            String workdir) {
        this(name, image, entrypoint, command, args, env, user, workdir, List.of());
    }

    /** One that runs what its image says, with these arguments. */
    public static SidecarSpec of(String name, String image, String... args) {
        return new SidecarSpec(name, image, List.of(), List.of(), List.of(args), Map.of(), "", "");
    }

    /** The same with these volumes of its own, and no others. */
    public SidecarSpec with(VolumeSpec... own) {
        return new SidecarSpec(name, image, entrypoint, command, args, env, user, workdir, List.of(own), platform);
    }

    /** The same for this platform. */
    public SidecarSpec on(String platform) {
        return new SidecarSpec(name, image, entrypoint, command, args, env, user, workdir, volumes, platform);
    }
}
