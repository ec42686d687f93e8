package io.knit.core.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.Orchestrator;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.answer.ListAnswer;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.http.json.OperationReader;
import io.knit.core.server.http.json.RegistryJson;
import io.knit.core.server.http.json.ValueJson;
import io.knit.core.server.http.request.ListPage;
import io.knit.core.server.value.RegistryLogin;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** {@code /vars}, {@code /secrets}, {@code /files} and {@code /registries}, which are asked alike; what a secret holds, and a password, is in no answer. */
final class ValueRoutes {
    /** What one of a list takes, in round figures. */
    private static final long KEPT = 256;

    private final Orchestrator orchestrator;
    private final Answers answers;

    ValueRoutes(Orchestrator orchestrator, Answers answers) {
        this.orchestrator = orchestrator;
        this.answers = answers;
    }

    void mount(Router router) {
        for (Value.Kind kind : Value.Kind.values()) {
            String all = "/" + kind.plural();
            String one = all + (kind == Value.Kind.REGISTRY ? "/:host" : "/:name");
            Routes.read(router, all, ctx -> list(ctx, kind));
            Routes.read(router, one, ctx -> show(ctx, kind));
            router.put(one).handler(ctx -> set(ctx, kind));
            router.delete(one).handler(ctx -> remove(ctx, kind));
        }
        router.post("/keys/rotate").handler(this::rotate);
    }

    private static ObjectNode json(Value value) {
        return value.kind() == Value.Kind.REGISTRY ? RegistryJson.of(value) : ValueJson.of(value);
    }

    private void list(RoutingContext ctx, Value.Kind kind) {
        ListPage page = ListPage.of(ctx.request());
        List<Value> all = orchestrator.values(kind, Gate.caller(ctx));
        ListPage.Cut<Value> cut = page.of(all, Value::name);
        cut.link(ctx.request());
        var elements = cut.elements().stream().map(ValueRoutes::json).iterator();
        String name = kind.plural();
        if (page.isWhole()) {
            ListAnswer.send(answers, ctx, name, KEPT * all.size(), elements);
        } else {
            ListAnswer.page(answers, ctx, name, KEPT * all.size(), elements, cut.next());
        }
    }

    private void show(RoutingContext ctx, Value.Kind kind) {
        Value value = orchestrator.value(kind, name(ctx), Gate.caller(ctx));
        answers.show(ctx, "", "application/json", Buffer.buffer(Json.bytes(json(value))));
    }

    private void set(RoutingContext ctx, Value.Kind kind) {
        byte[] body = Changes.jsonOf(ctx);
        Value.Content content = kind == Value.Kind.REGISTRY ? RegistryJson.read(body) : ValueJson.read(body);
        orchestrator
                .run(new Command.SetValue(kind, name(ctx), content), Gate.caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(value ->
                        send(ctx, json(kind == Value.Kind.REGISTRY ? RegistryLogin.told(value, content) : value)));
    }

    private void remove(RoutingContext ctx, Value.Kind kind) {
        orchestrator
                .run(new Command.RemoveValue(kind, name(ctx)), Gate.caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(gone -> send(ctx, json(gone)));
    }

    private static String name(RoutingContext ctx) {
        String host = ctx.pathParam("host");
        return host == null ? ctx.pathParam("name") : host;
    }

    private void rotate(RoutingContext ctx) {
        OperationReader.nothing(Changes.bodyOf(ctx));
        orchestrator
                .run(new Command.RotateSecrets(), Gate.caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(done -> send(ctx, ValueJson.of(done)));
    }

    private void send(RoutingContext ctx, JsonNode body) {
        answers.send(ctx, 200, "application/json", Buffer.buffer(Json.bytes(body)));
    }
}
