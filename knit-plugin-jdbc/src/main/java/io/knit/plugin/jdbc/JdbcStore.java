package io.knit.plugin.jdbc;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.store.BackupStore;
import io.knit.api.spi.store.HistoryRow;
import io.knit.api.spi.store.HistoryStore;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.api.spi.store.WipingStore;
import io.knit.api.spi.store.WriteCheck;
import io.knit.plugin.jdbc.connection.SteadyDataSource;
import io.knit.plugin.jdbc.database.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.jdbcclient.JDBCPool;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store on one connection of one database. Where that fails in the very middle of a commit it is tried once more; until a commit has succeeded
 * nobody can tell whether it was written, and it is {@code COMMIT_IN_DOUBT}.
 */
final class JdbcStore implements HistoryStore, BackupStore, WipingStore {
    /** Longer than any wait for the connection while a large load or group holds it. */
    private static final int CONNECTION_TIMEOUT_S = 60;

    private final Vertx vertx;
    private final Database database;
    private final Pool pool;
    private final Documents documents;
    private final HistoryTable history;
    private final CommitQueue commits;
    /** Guarded by this. */
    private @Nullable Future<Void> closing;

    private JdbcStore(Vertx vertx, Database database, List<String> historyTable) {
        this.vertx = vertx;
        this.database = database;
        this.pool = JDBCPool.pool(
                vertx,
                new SteadyDataSource(database),
                // one writer; and it lives as long as the store, for a lock may hang on it
                new PoolOptions()
                        .setMaxSize(1)
                        .setConnectionTimeout(CONNECTION_TIMEOUT_S)
                        .setConnectionTimeoutUnit(TimeUnit.SECONDS));
        this.documents = new Documents(pool);
        this.history = new HistoryTable(pool, historyTable);
        this.commits = new CommitQueue(batch -> explained(written(batch)), this::concernsAll);
    }

    /** Connects and migrates; where that fails the database is released. */
    static Future<JdbcStore> open(Vertx vertx, Database database) {
        return vertx.executeBlocking(() -> Migrations.statements(database, "history"))
                .onFailure(failure -> database.release())
                .compose(historyTable -> open(vertx, database, historyTable));
    }

    private static Future<JdbcStore> open(Vertx vertx, Database database, List<String> historyTable) {
        JdbcStore store = new JdbcStore(vertx, database, historyTable);
        return vertx.executeBlocking(() -> Migrations.of(database))
                .compose(migrations -> store.explained(migrations.run(store.pool, Instant.now())))
                .compose(done -> store.blocking(database::opened))
                .<JdbcStore>map(store)
                .recover(failure -> store.close().transform(closed -> Future.failedFuture(failure)));
    }

    @Override
    public Future<List<StoredDocument>> load() {
        return closed() ? Future.failedFuture(closedWords()) : steadily(documents::load);
    }

    @Override
    public Future<Void> each(Consumer<StoredDocument> reader) {
        if (closed()) {
            return Future.failedFuture(closedWords());
        }
        AtomicBoolean begun = new AtomicBoolean();
        Consumer<StoredDocument> noting = document -> {
            begun.set(true);
            reader.accept(document);
        };
        // a reader can't be taken back to the beginning
        return read(documents
                .each(noting)
                .recover(failure ->
                        !begun.get() && isLost(failure) ? documents.each(noting) : Future.failedFuture(failure)));
    }

    @Override
    public Future<Void> commit(List<StoreWrite> writes, List<HistoryRow> rows) {
        Batch batch = new Batch(writes, rows);
        batch.documents().forEach(WriteCheck::check);
        batch.rows().forEach(WriteCheck::check);
        return batch.isEmpty() ? Future.succeededFuture() : commits.add(batch);
    }

    @Override
    public Future<List<HistoryRow>> history(String deployment, long before, int limit) {
        return closed() ? Future.failedFuture(closedWords()) : steadily(() -> history.read(deployment, before, limit));
    }

    @Override
    public Future<Void> forgetHistory(Instant before, int most) {
        return closed() ? Future.failedFuture(closedWords()) : steadily(() -> history.forget(before, most));
    }

    @Override
    public Future<Void> backUp(Path into) {
        if (closed()) {
            return Future.failedFuture(closedWords());
        }
        // not in line with other work: it may take a while
        return explained(vertx.executeBlocking(
                () -> {
                    database.backUp(into);
                    return null;
                },
                false));
    }

    @Override
    public Future<Void> wipe() {
        return closed() ? Future.failedFuture(closedWords()) : blocking(database::wipe);
    }

    private static KnitException closedWords() {
        return new KnitException(ErrorCode.CLOSED, "the store is closed");
    }

    @Override
    public synchronized Future<Void> close() {
        if (closing == null) {
            closing = commits.drain().eventually(pool::close).eventually(() -> {
                database.release();
                return Future.succeededFuture();
            });
        }
        return closing;
    }

    private interface Step {
        void run() throws IOException, SQLException;
    }

    private Future<Void> blocking(Step step) {
        return explained(vertx.executeBlocking(() -> {
            step.run();
            return null;
        }));
    }

    private synchronized boolean closed() {
        return closing != null;
    }

    /** Tries once more when the connection was lost: documents are put and removed by value, so twice is as good as once. */
    private <T> Future<T> steadily(Supplier<Future<T>> work) {
        return read(work.get().recover(failure -> isLost(failure) ? work.get() : Future.failedFuture(failure)));
    }

    /** Whether the end of what only reads, or forgets, was carried out concerns nobody. */
    private <T> Future<T> read(Future<T> work) {
        return explained(work)
                .recover(failure -> Future.failedFuture(
                        isInDoubt(failure)
                                ? new KnitException(
                                        ErrorCode.STORE_UNAVAILABLE, String.valueOf(failure.getMessage()), failure)
                                : failure));
    }

    /** One that was in doubt once stays so until it is written: that the second try fails says nothing of the first. */
    private Future<Void> written(Batch batch) {
        return write(batch)
                .recover(failure -> isLost(failure) || isInDoubt(failure)
                        ? write(batch)
                                .recover(again -> Future.failedFuture(isInDoubt(failure) ? stillInDoubt(again) : again))
                        : Future.failedFuture(failure));
    }

    private Future<Void> write(Batch batch) {
        return history.write(batch.rows(), Documents.rows(batch.documents()));
    }

    private boolean isLost(Throwable failure) {
        return sql(failure).filter(database::connectionLost).isPresent();
    }

    private static boolean isInDoubt(Throwable failure) {
        return failure instanceof KnitException known && known.code() == ErrorCode.COMMIT_IN_DOUBT;
    }

    /** Also for who was replaced meanwhile: the first time may have been before that. */
    private KnitException stillInDoubt(Throwable failure) {
        String words = String.valueOf(explain(failure).getMessage());
        return new KnitException(ErrorCode.COMMIT_IN_DOUBT, words, failure);
    }

    private <T> Future<T> explained(Future<T> work) {
        return work.recover(failure -> Future.failedFuture(explain(failure)));
    }

    private Throwable explain(Throwable failure) {
        if (failure instanceof KnitException) {
            return failure;
        }
        return sql(failure)
                .map(database::explain)
                .orElseGet(() -> new KnitException(
                        ErrorCode.STORE_UNAVAILABLE, "the store " + database.name() + " failed: " + failure, failure));
    }

    private boolean concernsAll(Throwable failure) {
        return isInDoubt(failure) || sql(failure).map(database::concernsAll).orElse(true);
    }

    private static Optional<SQLException> sql(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (cause instanceof SQLException found) {
                return Optional.of(found);
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }
}
