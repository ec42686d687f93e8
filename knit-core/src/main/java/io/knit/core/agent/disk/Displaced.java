package io.knit.core.agent.disk;

/**
 * A copy of this agent's folder became its node on another host, so that nobody looks after what this one ran.
 *
 * @param cluster of both
 * @param node what both were
 * @param holderEngine the engine of the one that is the node now
 */
public record Displaced(String cluster, String node, String holderEngine) {}
