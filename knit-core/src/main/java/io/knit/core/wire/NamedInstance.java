package io.knit.core.wire;

import io.knit.api.model.PortBinding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instance that does its work, and where it is found.
 *
 * @param id unique for ever
 * @param address where other nodes reach its node; null: nowhere
 * @param ports what is published there, in the order of its spec
 */
public record NamedInstance(
        String id, String deployment, String node, @Nullable String address, List<PortBinding> ports) {
    public NamedInstance {
        ports = List.copyOf(ports);
    }
}
