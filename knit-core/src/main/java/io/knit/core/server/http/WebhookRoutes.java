package io.knit.core.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.api.Orchestrator;
import io.knit.api.command.Command;
import io.knit.api.command.Webhook;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.http.json.OperationReader;
import io.knit.core.server.http.json.WebhookJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;

/** {@code /webhooks}. What messages are signed with is made here and told once. */
final class WebhookRoutes {
    /** So many of {@code a-z 0-9} are more than 256 bits, and no more bytes than a secret may have. */
    private static final int SECRET = 50;

    private final Orchestrator orchestrator;
    private final Answers answers;
    private final IdSource secrets;

    /** @param secrets what nobody can guess */
    WebhookRoutes(Orchestrator orchestrator, Answers answers, IdSource secrets) {
        this.orchestrator = orchestrator;
        this.answers = answers;
        this.secrets = secrets;
    }

    void mount(Router router) {
        Routes.read(
                router, "/webhooks", ctx -> send(ctx, 200, WebhookJson.list(orchestrator.webhooks(Gate.caller(ctx)))));
        router.post("/webhooks").handler(this::create);
        router.delete("/webhooks/:name").handler(this::remove);
        router.post("/webhooks/:name/test").handler(this::test);
    }

    private void create(RoutingContext ctx) {
        WebhookJson.Wish wish = WebhookJson.read(Changes.jsonOf(ctx));
        Webhook.Secret secret = Webhook.Secret.of(secrets.next(SECRET).getBytes(StandardCharsets.US_ASCII));
        orchestrator
                .run(
                        new Command.CreateWebhook(
                                wish.name(), wish.url(), wish.events(), wish.deployments(), wish.allowHttp(), secret),
                        Gate.caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(made -> send(ctx, 201, WebhookJson.of(made).put("secret", secret.text())));
    }

    private void remove(RoutingContext ctx) {
        orchestrator
                .run(new Command.RemoveWebhook(ctx.pathParam("name")), Gate.caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(gone -> send(ctx, 200, WebhookJson.of(gone)));
    }

    private void test(RoutingContext ctx) {
        OperationReader.nothing(Changes.bodyOf(ctx));
        orchestrator
                .tryWebhook(ctx.pathParam("name"), Gate.caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(tried -> send(ctx, 200, WebhookJson.of(tried)));
    }

    private void send(RoutingContext ctx, int status, JsonNode body) {
        answers.send(ctx, status, "application/json", Buffer.buffer(Json.bytes(body)));
    }
}
