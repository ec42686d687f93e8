package io.knit.bench.durable;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.jdbcclient.JDBCConnectOptions;
import io.vertx.jdbcclient.JDBCPool;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Tuple;

/**
 * The least that a server of the same libraries does with a request: its body is read as JSON and put into SQLite by one statement, durably, and then it is
 * answered. It decides nothing, tells nobody and keeps no history.
 */
final class BareServer {
    private BareServer() {}

    /** @param words the database's file */
    public static void main(String[] words) {
        Vertx vertx = Vertx.vertx();
        Pool pool = JDBCPool.pool(
                vertx,
                new JDBCConnectOptions().setJdbcUrl("jdbc:sqlite:" + words[0] + "?journal_mode=WAL&synchronous=FULL"),
                new PoolOptions().setMaxSize(1));
        Router router = Router.router(vertx);
        router.route().handler(BodyHandler.create(false));
        router.post("/deployments").handler(ctx -> put(pool, ctx));
        router.delete("/deployments/:name")
                .handler(ctx -> run(pool, ctx, "DELETE FROM row WHERE id = ?", Tuple.of(ctx.pathParam("name"))));
        pool.query("CREATE TABLE row (id TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL)")
                .execute()
                .compose(made -> vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"))
                .onSuccess(http -> System.out.println("Bare server ready: http://127.0.0.1:" + http.actualPort()))
                .onFailure(failure -> System.err.println("it does not start: " + failure));
    }

    private static void put(Pool pool, RoutingContext ctx) {
        JsonObject body = ctx.body().asJsonObject();
        run(pool, ctx, "INSERT INTO row VALUES (?, ?)", Tuple.of(body.getString("name"), body.encode()));
    }

    private static void run(Pool pool, RoutingContext ctx, String sql, Tuple row) {
        pool.preparedQuery(sql)
                .execute(row)
                .onSuccess(done -> ctx.response().setStatusCode(202).end("{}"))
                .onFailure(ctx::fail);
    }
}
