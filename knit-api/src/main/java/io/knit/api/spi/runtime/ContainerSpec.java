package io.knit.api.spi.runtime;

import io.knit.api.model.PortBinding;
import io.knit.api.model.Resources;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
        Resources resources) {
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
