package io.knit.api.model;

import java.util.List;
import java.util.Objects;

/**
 * A deployment with its instances, as one reads it.
 *
 * @param instances by slot, the newest revision first; ended ones are there until their node confirmed that nothing is left
 */
public record DeploymentView(Deployment deployment, DeploymentStatus status, List<Instance> instances) {
    public DeploymentView {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(status, "status");
        instances = List.copyOf(instances);
    }

    public String name() {
        return deployment.name();
    }
}
