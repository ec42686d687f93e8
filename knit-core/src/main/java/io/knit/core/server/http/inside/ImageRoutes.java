package io.knit.core.server.http.inside;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.command.Caller;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.image.ImagePush;
import io.knit.core.server.image.ImagePushes;
import io.knit.core.server.image.NodePushed;
import io.knit.core.server.image.Pushed;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /images/{name}}: all pushes under way. Lives on the HTTP server's context. */
public final class ImageRoutes {
    public static final String PATH = "/images/:name";

    public static final Set<String> PARAMETERS = Set.of("node");

    private static final Logger LOG = LoggerFactory.getLogger(ImageRoutes.class);

    private final Vertx vertx;
    private final Context context;
    private final ImagePushes images;
    private final Answers answers;
    private final Consumer<HttpServerRequest> waits;
    private final Set<ImageTake> open = new LinkedHashSet<>();

    /** @param waits is told of each request on which nothing may move for a while */
    public ImageRoutes(
            Vertx vertx, Context context, ImagePushes images, Answers answers, Consumer<HttpServerRequest> waits) {
        this.vertx = vertx;
        this.context = context;
        this.images = images;
        this.answers = answers;
        this.waits = waits;
    }

    /** Comes before whoever reads bodies: this one is never whole here. */
    public void mountIntake(Router router) {
        router.post(PATH)
                .handler(ctx -> push(
                        ctx,
                        ctx.request(),
                        ctx.pathParam("name"),
                        ctx.queryParams().getAll("node"),
                        pushed -> answers.send(ctx, 200, "application/json", Buffer.buffer(Json.bytes(json(pushed))))));
    }

    /**
     * Pushes an image.
     *
     * @param body the image as {@code docker save} gives it, of which nothing was taken yet
     * @param nodes by their ids; none: all that can take it
     * @param answer what became of it; not called where the request fails
     */
    public void push(
            RoutingContext ctx, ReadStream<Buffer> body, String image, List<String> nodes, Consumer<Pushed> answer) {
        ImageTake.requireRoom(ctx.request());
        ImagePush push = images.begin(image, nodes);
        Caller caller = Gate.caller(ctx);
        ImageTake[] self = new ImageTake[1];
        ImageTake take = new ImageTake(
                vertx,
                context,
                ctx,
                body,
                push,
                Gate.standing(ctx),
                pushed -> {
                    LOG.info("{} pushed the image {}, {}", caller.name(), pushed.image(), pushed.id());
                    answer.accept(pushed);
                },
                () -> open.remove(self[0]));
        self[0] = take;
        open.add(take);
        waits.accept(ctx.request());
        take.begin();
    }

    private static ObjectNode json(Pushed pushed) {
        ObjectNode json = Json.object();
        json.put("image", pushed.image()).put("id", pushed.id()).put("layers", pushed.layers());
        ArrayNode nodes = json.putArray("nodes");
        for (NodePushed node : pushed.nodes()) {
            nodes.addObject()
                    .put("node", node.node())
                    .put("state", node.state().name().toLowerCase(Locale.ROOT))
                    .put("sent_bytes", node.bytes())
                    .put("layers_present", node.left())
                    .put("reason", node.reason());
        }
        return json;
    }

    /** Ends all, in words. */
    public void close() {
        KnitException why = new KnitException(ErrorCode.CLOSED, "the server was stopped; push again");
        new ArrayList<>(open).forEach(take -> take.fail(why));
    }
}
