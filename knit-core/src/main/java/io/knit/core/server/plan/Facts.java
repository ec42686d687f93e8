package io.knit.core.server.plan;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
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

    /** Every node that is known, in the order of their ids. */
    Collection<Node> nodes();

    /** Whether anything of a deployment that is not on each node by itself is still on this one. */
    boolean servesOthers(String node);

    /** The node on which its slot's volumes are, by what the present spec wants of them; null: it may be anywhere. */
    default @Nullable String home(Instance instance) {
        return null;
    }

    /** The versions of what the revision reads, by their places; empty: it reads nothing, or is not known any more. */
    default Map<String, Integer> reads(int revision) {
        return Map.of();
    }

    /** Whether an instance of the present revision gets no node yet, because others, or values, are not there. */
    default boolean waits(Instance instance) {
        return false;
    }

    /** Whether an instance without a node was told last that it waits so. */
    default boolean waited(Instance instance) {
        return false;
    }

    /** Whether what the present revision makes was healthy in every slot once; also where that is not known. */
    default boolean isProved() {
        return true;
    }

    /** Names the container that the revision makes, the same for all revisions that make the same; empty: the revision is not known any more. */
    String container(int revision);
}
