package io.knit.core.agent.health;

import io.knit.api.model.HttpCheck;
import io.knit.api.model.TcpCheck;
import io.vertx.core.Future;
import java.time.Duration;

/** Of an agent without a network, as in a simulation: there the runtime itself can probe. */
public final class NoConnections implements Reach {
    private static final Future<Outcome> NONE =
            Future.succeededFuture(new Outcome("this agent has no network and its container runtime probes nothing"));

    @Override
    public Future<Outcome> http(String address, HttpCheck check, Duration timeout) {
        return NONE;
    }

    @Override
    public Future<Outcome> tcp(String address, TcpCheck check, Duration timeout) {
        return NONE;
    }
}
