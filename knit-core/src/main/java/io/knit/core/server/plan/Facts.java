package io.knit.core.server.plan;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Node;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a plan of a deployment rests on beside its instances. */
public interface Facts {
    /** The time for which a server was there: who waits, waits by it. */
    Instant served();

    /** The node, or null: there is none, or none any more. */
    @Nullable
    Node node(String id);

    /** The deployment's spec of that revision, or null: it is not known any more. */
    @Nullable
    DeploymentSpec spec(int revision);

    /** Names the container that the revision makes, the same for all revisions that make the same; empty: the revision is not known any more. */
    String container(int revision);
}
