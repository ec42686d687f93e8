package io.knit.api.embed;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Node;

/**
 * How much a node had better be taken for an instance of a spec, as who embeds a server sees it. Only nodes that fit are asked for. What it says is weighed
 * with the spec's own preferences ({@code prefer}): it can't place where nothing fits, nor against {@code spread_by}.
 *
 * <p>Obligations: 1. pure: the same spec and node have the same score – dry runs, explanations and replays ask again; 2. quick: it is called for each node
 * that fits each group of instances, on the control loop, in which nothing may block; 3. it may be called by several threads at once.
 */
@FunctionalInterface
public interface Scorer {
    /**
     * The score.
     *
     * @return from 0, as if it were not asked, to 100, which counts as its whole weight; what is beyond counts as the nearer of them, and one that throws as 0
     */
    int score(DeploymentSpec spec, Node node);
}
