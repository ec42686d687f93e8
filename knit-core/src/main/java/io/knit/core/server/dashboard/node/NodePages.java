package io.knit.core.server.dashboard.node;

import io.knit.api.Orchestrator;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Node;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.dashboard.form.ChangeForm;
import io.knit.core.server.dashboard.frame.Frame;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** {@code /dashboard/nodes/{id}}: one node, what is on it, and what can be done with it. */
public final class NodePages {
    public static final String PATH = "/dashboard/nodes/:id";

    private final Orchestrator orchestrator;
    private final Frame frame;

    public NodePages(Orchestrator orchestrator, Frame frame) {
        this.orchestrator = orchestrator;
        this.frame = frame;
    }

    public void mount(Router router) {
        Frame.get(router, PATH, this::page);
    }

    /** Of the page of a node. */
    static String address(String id) {
        return "/dashboard/nodes/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    }

    private void page(RoutingContext ctx) {
        String id = ctx.pathParam("id");
        Node node = orchestrator
                .node(id)
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND, "there is no node " + Pointers.quoted(id) + "; /dashboard lists all"));
        ClusterSnapshot snapshot = orchestrator.snapshot();
        Map<String, Object> model = Frame.live(snapshot);
        model.put("node", NodePage.of(node, snapshot, frame.visitor(ctx), orchestrator.liveness(id)));
        model.put("typed", ChangeForm.NONE);
        model.put("here", "");
        frame.show(ctx, "node.peb", model);
    }
}
