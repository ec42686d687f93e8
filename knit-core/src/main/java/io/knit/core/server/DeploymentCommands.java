package io.knit.core.server;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.WireCodec;
import java.time.Instant;
import java.util.List;

/** What a user's commands change (pure). What follows from that is the control loop's. */
final class DeploymentCommands {
    /** Leaves room for what a message carries beside the spec. */
    static final int LARGEST_SPEC = WireCodec.MAX_BYTES - 64 * 1024;

    private DeploymentCommands() {}

    /** Answers with the deployment; the same spec again changes nothing, even if only the secret is the same too. */
    static Decision<Deployment> deploy(ClusterState state, DeploymentSpec spec, Instant now) {
        int size = WireCodec.encode(spec).length;
        if (size > LARGEST_SPEC) {
            throw KnitException.at(
                    "",
                    ErrorCode.TOO_LARGE,
                    "the deployment has " + size + " bytes; at most " + LARGEST_SPEC
                            + " fit into a message to an agent; make its templates smaller");
        }
        Deployment present = state.deployment(spec.name());
        if (present != null && !present.deleting() && present.spec().equals(spec)) {
            return Decision.nothing(present);
        }
        int number = present == null ? 1 : present.revision() + 1;
        Instant created = present == null ? now : present.createdAt();
        Deployment next = new Deployment(spec.name(), number, spec, false, created, now);
        return new Decision<>(
                List.of(new Change.PutDeployment(next), new Change.PutRevision(Revision.of(number, spec))), next);
    }

    /** Answers with the deployment as it was. */
    static Decision<Deployment> undeploy(ClusterState state, String name, Instant now) {
        Deployment present = state.deployment(name);
        if (present == null) {
            throw new KnitException(
                    ErrorCode.NOT_FOUND, "there is no deployment named \"" + name + "\"; GET /deployments lists them");
        }
        return present.deleting()
                ? Decision.nothing(present)
                : new Decision<>(List.of(new Change.PutDeployment(present.asDeleting())), present);
    }
}
