package io.knit.core.server.dashboard.frame;

import io.knit.api.command.Caller;
import io.knit.api.error.KnitException;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** Who looks at the dashboard. */
public interface Visitors {
    /** Who sends a request. */
    Caller of(RoutingContext ctx);

    /** Whether everybody must log in. */
    boolean asked();

    /**
     * Lets this browser in by a token, and remembers it.
     *
     * @return why not; empty: it is in
     */
    Optional<KnitException> logIn(RoutingContext ctx, String token);

    /** Forgets this browser. */
    void logOut(RoutingContext ctx);
}
