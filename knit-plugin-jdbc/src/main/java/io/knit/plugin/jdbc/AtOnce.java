package io.knit.plugin.jdbc;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A transaction whose begin and statements are handed to the client all at once. Each handover to its worker and back costs two changes of threads, and
 * a statement that waits for the answer of the one before it would be one more; so a commit is two: all this, and its end.
 */
final class AtOnce {
    private AtOnce() {}

    /**
     * All or nothing. Where one fails, or the begin, {@link io.knit.plugin.jdbc.database.SteadyConnection} refuses those behind it, and then all is rolled
     * back.
     *
     * @param statements prepared ones, in their order
     */
    static Future<Void> in(Pool pool, Function<SqlConnection, List<Future<Void>>> statements) {
        return pool.withConnection(connection -> {
            Future<Transaction> begun = connection.begin();
            List<Future<?>> all = new ArrayList<>();
            all.add(begun);
            all.addAll(statements.apply(connection));
            return Future.join(all).transform(done -> {
                if (begun.failed()) {
                    return Future.failedFuture(begun.cause());
                }
                return done.succeeded()
                        ? begun.result().commit()
                        : begun.result().rollback().transform(any -> Future.failedFuture(done.cause()));
            });
        });
    }
}
