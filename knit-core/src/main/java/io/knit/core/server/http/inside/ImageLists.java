package io.knit.core.server.http.inside;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.http.request.Terms;
import io.knit.core.server.image.NodeImages;
import io.knit.core.wire.image.ImageHere;
import io.knit.core.wire.image.ImagesAsked;
import io.knit.core.wire.image.ImagesHere;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /images} and {@code DELETE /images}. Lives on the HTTP server's context. */
public final class ImageLists {
    public static final String PATH = "/images";

    public static final Set<String> LISTED = Set.of("node");

    public static final Set<String> REMOVED = Set.of("node", "pushed", "dry_run");

    /** Where agents have it from of themselves; on the wire it has no word of its own. */
    private static final String KNITS = "knit";

    private static final Logger LOG = LoggerFactory.getLogger(ImageLists.class);

    private final Context context;
    private final NodeImages images;
    private final Answers answers;
    private final Consumer<HttpServerRequest> waits;

    /** @param waits is told of each request on which nothing may move for a while */
    public ImageLists(Context context, NodeImages images, Answers answers, Consumer<HttpServerRequest> waits) {
        this.context = context;
        this.images = images;
        this.answers = answers;
        this.waits = waits;
    }

    public void mount(Router router) {
        router.get(PATH).handler(ctx -> show(ctx, ImagesAsked.LIST));
        router.delete(PATH).handler(ctx -> {
            boolean dryRun = Terms.isSet(ctx.request(), "dry_run");
            ImagesAsked asked = new ImagesAsked(true, Terms.isSet(ctx.request(), "pushed"), dryRun);
            if (!dryRun) {
                LOG.info(
                        "{} has images removed that nothing uses",
                        Gate.caller(ctx).name());
            }
            show(ctx, asked);
        });
    }

    private void show(RoutingContext ctx, ImagesAsked asked) {
        waits.accept(ctx.request());
        NodeImages.Asking asking = images.ask(ctx.queryParams().getAll("node"), asked);
        if (!asked.remove()) {
            ctx.addEndHandler(ended -> asking.cancel().run());
        }
        asking.said()
                .onComplete(result -> context.runOnContext(now -> {
                    if (result.succeeded()) {
                        ctx.response().putHeader("Cache-Control", "no-store");
                        answers.send(ctx, 200, "application/json", Buffer.buffer(Json.bytes(json(result.result()))));
                    } else {
                        ctx.fail(result.cause());
                    }
                }));
    }

    private static ObjectNode json(List<NodeImages.Said> all) {
        ObjectNode json = Json.object();
        ArrayNode images = json.putArray("images");
        ArrayNode nodes = json.putArray("nodes");
        for (NodeImages.Said said : all) {
            ImagesHere here = said.here();
            ObjectNode node = nodes.addObject().put("node", said.node()).put("reason", said.reason());
            if (here != null) {
                node.put("images", here.total());
                if (here.diskBytes() > 0) {
                    node.put("disk_total_bytes", here.diskBytes()).put("disk_free_bytes", here.diskFree());
                }
                here.failed()
                        .forEach(it -> node.withArray("kept_failed")
                                .addObject()
                                .put("container", it.container())
                                .put("deployment", it.deployment())
                                .put("instance", it.instance())
                                .put("exit", it.exit()));
                here.images().forEach(image -> images.add(json(said.node(), image)));
            }
        }
        return json;
    }

    private static ObjectNode json(String node, ImageHere image) {
        ObjectNode json = Json.object().put("node", node).put("id", image.id());
        ArrayNode names = json.putArray("names");
        image.names().forEach(names::add);
        json.put("size_bytes", image.bytes())
                .put("created_at", image.made().toString())
                .put("containers", image.containers())
                .put("origin", image.isKnits() ? KNITS : image.origin())
                .put("wanted", image.wanted());
        if (image.unusedSince() != null) {
            json.put("unused_since", image.unusedSince().toString());
        }
        if (!image.state().isEmpty()) {
            json.put("state", image.state()).put("reason", image.reason());
        }
        return json;
    }
}
