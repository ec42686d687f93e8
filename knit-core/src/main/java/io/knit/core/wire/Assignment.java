package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Order;
import io.knit.api.model.PortBinding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order that an instance shall run, or be stopped and removed, on a node.
 *
 * @param spec what to run; null with {@code STOP}
 * @param specHash {@link SpecHash} of the spec; empty with {@code STOP}
 * @param ports the spec's ports with the node's addresses and the assigned host ports
 * @param unreadable why this release can't read it, so that nothing can be made from it; null: it was read
 */
public record Assignment(
        String instance,
        String deployment,
        int revision,
        int slot,
        Order order,
        @Nullable DeploymentSpec spec,
        @JsonProperty("spec_hash") String specHash,
        List<PortBinding> ports,
        @Nullable String unreadable) {

    /** One that was read whole. */
    public Assignment(
            String instance,
            String deployment,
            int revision,
            int slot,
            Order order,
            @Nullable DeploymentSpec spec,
            String specHash,
            List<PortBinding> ports) {
        this(instance, deployment, revision, slot, order, spec, specHash, ports, null);
    }
}
