package io.knit.core.server.http.access;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.api.Orchestrator;
import io.knit.api.command.Command;
import io.knit.api.command.TokenText;
import io.knit.api.spi.loop.IdSource;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.json.Json;
import io.knit.core.server.http.json.TokenJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/** {@code /tokens}. The text of a token is made here and told once; what is decided and stored has its hash. */
public final class TokenRoutes {
    private static final int CHANCE = 6;

    private final Orchestrator orchestrator;
    private final Answers answers;
    private final IdSource secrets;
    private final Supplier<Instant> now;
    private final Function<RoutingContext, byte[]> bodies;

    /**
     * @param secrets what nobody can guess
     * @param bodies gives a request's body, which must be JSON
     */
    public TokenRoutes(
            Orchestrator orchestrator,
            Answers answers,
            IdSource secrets,
            Supplier<Instant> now,
            Function<RoutingContext, byte[]> bodies) {
        this.orchestrator = orchestrator;
        this.answers = answers;
        this.secrets = secrets;
        this.now = now;
        this.bodies = bodies;
    }

    public void mount(Router router) {
        router.get("/tokens").handler(this::list);
        router.head("/tokens").handler(this::list);
        router.post("/tokens").handler(this::create);
        router.delete("/tokens/:name").handler(this::revoke);
    }

    private void list(RoutingContext ctx) {
        send(ctx, 200, TokenJson.list(orchestrator.tokens(Gate.caller(ctx)), now.get()));
    }

    private void create(RoutingContext ctx) {
        TokenJson.Wish wish = TokenJson.read(bodies.apply(ctx));
        String given = wish.name();
        String name = given == null ? wish.role().name().toLowerCase(Locale.ROOT) + "-" + secrets.next(CHANCE) : given;
        String secret = secrets.next(TokenText.SECRET_LENGTH);
        // a name that makes no token is refused by who decides, in words; it has no text then
        String text = TokenText.isName(name) ? TokenText.of(name, secret) : "";
        orchestrator
                .run(
                        new Command.CreateToken(
                                name, TokenText.hash(text), wish.role(), wish.deployments(), wish.life()),
                        Gate.caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(
                        token -> send(ctx, 201, TokenJson.of(token, now.get()).put("token", text)));
    }

    private void revoke(RoutingContext ctx) {
        orchestrator
                .run(new Command.RevokeToken(ctx.pathParam("name")), Gate.caller(ctx))
                .onFailure(ctx::fail)
                .onSuccess(token -> send(ctx, 200, TokenJson.of(token, now.get())));
    }

    private void send(RoutingContext ctx, int status, JsonNode body) {
        answers.send(ctx, status, "application/json", Buffer.buffer(Json.bytes(body)));
    }
}
