package io.knit.core.server.dashboard;

import io.knit.api.Orchestrator;
import io.vertx.ext.web.Router;

/** The dashboard's routes. */
public final class Dashboard {
    private Dashboard() {}

    /** Adds {@code /dashboard} and what belongs to it to a router. */
    public static void mount(Router router, Orchestrator orchestrator) {
        router.get("/").handler(ctx -> ctx.redirect("/dashboard"));
    }
}
