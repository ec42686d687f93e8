package io.knit.core.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Iterator;

/**
 * A list of any length, {@code {"deployments":[…]}}, made element by element as fast as the reader takes it, so that it costs
 * the server a few elements' memory. Lives on its connection's context.
 */
final class ListAnswer {
    /** Small elements go out together. */
    private static final int PIECE = 32 * 1024;

    private final HttpServerResponse response;
    private final Iterator<? extends JsonNode> elements;
    private boolean begun;
    private boolean gone;

    private ListAnswer(HttpServerResponse response, Iterator<? extends JsonNode> elements) {
        this.response = response;
        this.elements = elements;
    }

    /** @param elements made when they are asked for */
    static void send(RoutingContext ctx, String name, Iterator<? extends JsonNode> elements) {
        HttpServerResponse response = ctx.response();
        response.putHeader("Content-Type", "application/json");
        if (ctx.request().method().equals(HttpMethod.HEAD)) {
            response.end();
            return;
        }
        ListAnswer answer = new ListAnswer(response, elements);
        ctx.addEndHandler(ended -> answer.gone = true);
        response.setChunked(true);
        response.drainHandler(drained -> answer.pump());
        response.write("{" + TextNode.valueOf(name) + ":[");
        answer.pump();
    }

    private void pump() {
        while (!gone && !response.writeQueueFull()) {
            Buffer piece = Buffer.buffer();
            while (elements.hasNext() && piece.length() < PIECE) {
                if (begun) {
                    piece.appendString(",");
                }
                begun = true;
                piece.appendBytes(Json.bytes(elements.next()));
            }
            if (!elements.hasNext()) {
                response.drainHandler(null);
                response.end(piece.appendString("]}"));
                return;
            }
            response.write(piece);
        }
    }
}
