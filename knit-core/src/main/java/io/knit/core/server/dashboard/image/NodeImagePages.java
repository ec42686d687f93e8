package io.knit.core.server.dashboard.image;

import io.knit.core.server.dashboard.frame.Frame;
import io.knit.core.server.image.NodeImages;
import io.knit.core.wire.image.ImagesAsked;
import io.vertx.core.Context;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code /dashboard/nodes/{id}/images}: a page of its own, which does not renew itself: each look asks the node's engine. */
public final class NodeImagePages {
    public static final String PATH = "/dashboard/nodes/:id/images";

    private final Frame frame;
    private final NodeImages images;

    public NodeImagePages(Frame frame, NodeImages images) {
        this.frame = frame;
        this.images = images;
    }

    public void mount(Router router) {
        Frame.get(router, PATH, this::page);
    }

    private void page(RoutingContext ctx) {
        Context context = ctx.vertx().getOrCreateContext();
        NodeImages.Asking asking = images.ask(List.of(ctx.pathParam("id")), ImagesAsked.LIST);
        ctx.addEndHandler(ended -> asking.cancel().run());
        asking.said()
                .onComplete(said -> context.runOnContext(now -> {
                    if (said.succeeded()) {
                        Map<String, Object> model = new HashMap<>();
                        model.put("page", NodeImagesPage.of(said.result().get(0)));
                        model.put("here", "");
                        frame.show(ctx, "node-images.peb", model);
                    } else {
                        ctx.fail(said.cause());
                    }
                }));
    }
}
