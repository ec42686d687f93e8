package io.knit.api.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A deployment with its instances, as one reads it.
 *
 * @param instances by slot, the newest revision first; ended ones are there until their node confirmed that nothing is left
 * @param problem why nothing new is decided for it, which is a fault of the server; null: there is none
 */
public record DeploymentView(
        Deployment deployment,
        DeploymentStatus status,
        List<Instance> instances,
        @Nullable String problem) {
    public DeploymentView {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(status, "status");
        instances = List.copyOf(instances);
    }

    /** One without a problem. */
    public DeploymentView(Deployment deployment, DeploymentStatus status, List<Instance> instances) {
        this(deployment, status, instances, null);
    }

    /** The same, degraded by a problem. */
    public DeploymentView troubledBy(String why) {
        return new DeploymentView(deployment, DeploymentStatus.DEGRADED, instances, why);
    }

    /** How many of its instances do their work, of whichever revision. */
    public int healthy() {
        return (int) instances.stream().filter(Instance::isHealthy).count();
    }

    public String name() {
        return deployment.name();
    }
}
