package io.knit.core.server.dashboard.render;

import io.knit.api.Orchestrator;
import io.knit.api.command.Rendering;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.dashboard.form.DeployForm;
import io.knit.core.server.dashboard.frame.Frame;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** {@code /dashboard/deployments/{name}/render}: what the templates of a deployment would become now, node by node, and where that differs from what runs. */
public final class RenderPages {
    public static final String PATH = "/dashboard/deployments/:name/render";
    public static final Set<String> PARAMETERS = Set.of("node");

    private final Orchestrator orchestrator;
    private final Frame frame;

    public RenderPages(Orchestrator orchestrator, Frame frame) {
        this.orchestrator = orchestrator;
        this.frame = frame;
    }

    public void mount(Router router) {
        Frame.get(router, PATH, this::page);
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
                .render(spec, node.isEmpty() ? null : node, frame.caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(rendering -> show(frame, ctx, rendering, DeployForm.EMPTY, node));
    }

    /**
     * Answers with what was rendered.
     *
     * @param form that it is of; an empty one: it is of what is deployed
     * @param node that was asked for; empty: all
     */
    public static void show(Frame frame, RoutingContext ctx, Rendering rendering, DeployForm form, String node) {
        Map<String, Object> model = new HashMap<>();
        model.put("page", RenderView.of(rendering));
        model.put("form", form);
        model.put("node", node);
        model.put("here", "");
        frame.show(ctx, "render.peb", model);
    }
}
