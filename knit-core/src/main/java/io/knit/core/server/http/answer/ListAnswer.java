package io.knit.core.server.http.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.knit.core.server.http.json.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A list of any length, {@code {"deployments":[…]}}, made element by element as fast as the reader takes it, so that it costs
 * the server a few elements' memory.
 */
public final class ListAnswer implements Iterator<Buffer> {
    private final Iterator<? extends JsonNode> elements;
    private String before;
    private boolean ended;

    private final String end;

    private ListAnswer(String name, Iterator<? extends JsonNode> elements, String end) {
        this.before = "{" + TextNode.valueOf(name) + ":[";
        this.elements = elements;
        this.end = end;
    }

    /**
     * Sends it.
     *
     * @param kept bytes of memory that what the elements are made of takes until the end
     * @param elements made when they are asked for
     */
    public static void send(
            Answers answers, RoutingContext ctx, String name, long kept, Iterator<? extends JsonNode> elements) {
        send(answers, ctx, name, kept, elements, Json.object());
    }

    /**
     * Sends a part of it.
     *
     * @param next what the part that follows is asked for with; null: none does
     */
    public static void page(
            Answers answers,
            RoutingContext ctx,
            String name,
            long kept,
            Iterator<? extends JsonNode> elements,
            @Nullable String next) {
        send(answers, ctx, name, kept, elements, Json.object().put("next", next));
    }

    /**
     * Sends it, or a part of it.
     *
     * @param behind what else the answer has, after the list
     */
    public static void send(
            Answers answers,
            RoutingContext ctx,
            String name,
            long kept,
            Iterator<? extends JsonNode> elements,
            ObjectNode behind) {
        String end = behind.isEmpty() ? "]}" : "]," + behind.toString().substring(1);
        send(answers, ctx, kept, new ListAnswer(name, elements, end));
    }

    private static void send(Answers answers, RoutingContext ctx, long kept, ListAnswer list) {
        ctx.response().putHeader("Content-Type", "application/json");
        if (ctx.request().method().equals(HttpMethod.HEAD)) {
            ctx.response().end();
        } else {
            ctx.response().setChunked(true);
            answers.send(ctx, kept, list);
        }
    }

    @Override
    public boolean hasNext() {
        return !ended;
    }

    /** Small elements go out together. */
    @Override
    public Buffer next() {
        Buffer piece = Buffer.buffer();
        while (elements.hasNext() && piece.length() < Answers.PIECE) {
            piece.appendString(before).appendBytes(Json.bytes(elements.next()));
            before = ",";
        }
        if (!elements.hasNext()) {
            ended = true;
            piece.appendString(before.equals(",") ? end : before + end);
        }
        return piece;
    }
}
