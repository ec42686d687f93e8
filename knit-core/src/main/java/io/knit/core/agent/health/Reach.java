package io.knit.core.agent.health;

import io.knit.api.model.HttpCheck;
import io.knit.api.model.TcpCheck;
import io.vertx.core.Future;
import java.time.Duration;

/** Does checks over the network. Never blocks; each ends within its timeout, and holds nothing open after that. */
public interface Reach {
    /** Asks a container. */
    Future<Outcome> http(String address, HttpCheck check, Duration timeout);

    /** Connects to a container. */
    Future<Outcome> tcp(String address, TcpCheck check, Duration timeout);
}
