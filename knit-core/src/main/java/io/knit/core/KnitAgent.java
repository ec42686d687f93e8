package io.knit.core;

import io.vertx.core.Future;

/**
 * A Knit agent in this JVM: it does on its host what the server decided. Several may live in one JVM, each with a data
 * folder of its own. Thread-safe.
 */
public final class KnitAgent {
    KnitAgent(KnitAgentBuilder settings) {}

    public static KnitAgentBuilder builder() {
        return new KnitAgentBuilder();
    }

    /**
     * Takes up the work of its last run and begins to look for the server; succeeds without waiting for it. Once only; a
     * failed start gives back all it took.
     */
    public Future<KnitAgent> start() {
        return Future.failedFuture("not written");
    }

    /** The node's id. */
    public String nodeId() {
        return "";
    }

    /** Succeeds when the server first answered; fails if it refused this agent. */
    public Future<Void> joined() {
        return Future.failedFuture("not written");
    }

    /** Fails when the server refuses this agent ({@code NODE_ID_TAKEN}, {@code WRONG_CLUSTER}); succeeds when it is closed. */
    public Future<Void> ended() {
        return Future.failedFuture("not written");
    }

    /** Stops speaking and doing; containers run on. May be called more than once. */
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
