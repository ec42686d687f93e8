package io.knit.api.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A container of an instance beside its main one, with the same files and networks.
 *
 * @param name a DNS label, unique in the deployment, and not {@code main}
 * @param entrypoint replaces the image's entrypoint, and {@code command} and {@code args} are its arguments; empty: {@code command} replaces it
 * @param command replaces the image's entrypoint; empty: the image's own
 * @param args replaces the image's command; empty: the image's own
 * @param env its environment, of which nothing is the main container's
 * @param user who its process is: {@code name} or {@code uid}, perhaps with {@code :group}; empty: the image's
 * @param workdir absolute path in the container where it starts; empty: the image's
 * @param timeout after so long it is stopped and has failed
 * @param platform what its image is for, {@code os/arch} or {@code os/arch/variant}, and what its node must be; empty: as the node's engine chooses
 */
public record PartSpec(
        String name,
        String image,
        List<String> entrypoint,
        List<String> command,
        List<String> args,
        Map<String, String> env,
        String user,
        String workdir,
        Duration timeout,
        String platform) {

    /** Unless another is given. */
    public static final Duration TIMEOUT = Duration.ofMinutes(10);

    public PartSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(image, "image");
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        args = List.copyOf(args);
        env = Copies.ordered(env);
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(workdir, "workdir");
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(platform, "platform");
    }

    /** One whose image is as the node's engine chooses. */
    public PartSpec(
            String name,
            String image,
            List<String> entrypoint,
            List<String> command,
            List<String> args,
            Map<String, String> env,
            String user,
            String workdir,
            Duration timeout) {
        this(name, image, entrypoint, command, args, env, user, workdir, timeout, "");
    }

    /** One that runs what its image says, with these arguments. */
    public static PartSpec of(String name, String image, String... args) {
        return new PartSpec(name, image, List.of(), List.of(), List.of(args), Map.of(), "", "", TIMEOUT);
    }

    /** The same for this platform. */
    public PartSpec on(String platform) {
        return new PartSpec(name, image, entrypoint, command, args, env, user, workdir, timeout, platform);
    }
}
