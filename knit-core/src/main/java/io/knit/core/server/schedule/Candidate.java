package io.knit.core.server.schedule;

import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A node with what it holds.
 *
 * @param instances all that may still hold ports on it, stopping ones included
 * @param otherMeshIps whether an address is the mesh address of another node
 */
record Candidate(Node node, Collection<Instance> instances, MeshAddresses otherMeshIps) {
    /** Which node has a mesh address. */
    @FunctionalInterface
    interface MeshAddresses {
        Optional<String> ownerOf(String ip);
    }

    long countOf(String deployment) {
        return instances.stream()
                .filter(i -> i.isLive() && i.deployment().equals(deployment))
                .count();
    }

    long live() {
        return instances.stream().filter(Instance::isLive).count();
    }

    /** The instance that holds a port which clashes, if any. */
    Optional<Instance> holderOf(PortBinding wanted) {
        return instances.stream()
                .filter(i -> i.ports().stream().anyMatch(wanted::clashesWith))
                .findFirst();
    }

    boolean isFree(PortBinding wanted, List<PortBinding> own) {
        return own.stream().noneMatch(wanted::clashesWith) && holderOf(wanted).isEmpty();
    }
}
