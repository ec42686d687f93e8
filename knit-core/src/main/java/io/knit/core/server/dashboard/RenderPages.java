package io.knit.core.server.dashboard;

import io.knit.api.Orchestrator;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.admission.Pointers;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** {@code /dashboard/deployments/{name}/render}: what the templates of a deployment would become now, node by node, and where that differs from what runs. */
final class RenderPages {
    static final String PATH = "/dashboard/deployments/:name/render";
    static final Set<String> PARAMETERS = Set.of("node");

    private final Orchestrator orchestrator;
    private final Dashboard dashboard;

    RenderPages(Orchestrator orchestrator, Dashboard dashboard) {
        this.orchestrator = orchestrator;
        this.dashboard = dashboard;
    }

    void mount(Router router) {
        Dashboard.get(router, PATH, this::page);
    }

    private void page(RoutingContext ctx) {
        String name = ctx.pathParam("name");
        String node =
                Objects.requireNonNullElse(ctx.request().getParam("node"), "").strip();
        DeploymentSpec spec = orchestrator
                .deployment(name)
                .map(view -> view.deployment().spec())
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND,
                        "there is no deployment " + Pointers.quoted(name) + "; /dashboard lists all"));
        orchestrator
                .render(spec, node.isEmpty() ? null : node, dashboard.caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(rendering -> {
                    Map<String, Object> model = new HashMap<>();
                    model.put("page", RenderView.of(rendering));
                    model.put("form", DeployForm.EMPTY);
                    model.put("node", node);
                    model.put("here", "");
                    dashboard.show(ctx, "render.peb", model);
                });
    }
}
