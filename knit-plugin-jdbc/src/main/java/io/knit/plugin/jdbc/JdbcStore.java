package io.knit.plugin.jdbc;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.store.HistoryRow;
import io.knit.api.spi.store.HistoryStore;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.plugin.jdbc.database.Database;
import io.knit.plugin.jdbc.database.DatabaseSession;
import io.vertx.core.Future;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store on one connection of one database.
 *
 * <p>A limit: where the connection or the disk fails in the very middle of a commit, and does not come back for the second
 * try, nobody can tell whether it was written; it is then reported as failed.
 */
final class JdbcStore implements HistoryStore {
    private final Database database;
    private final StoreThread thread = new StoreThread();
    /** On the thread. */
    private final DatabaseSession session;
    /** On the thread. */
    private final HistoryTable history;

    private final CommitQueue commits;
    /** Guarded by this. */
    private @Nullable Future<Void> closing;

    private JdbcStore(Database database) {
        this.database = database;
        this.session = new DatabaseSession(database);
        this.history = new HistoryTable(Migrations.statements(database, "history"));
        this.commits = new CommitQueue(batch -> thread.run(() -> explained(() -> written(batch))), this::concernsAll);
    }

    /** Connects and migrates; where that fails the database is released. */
    static Future<JdbcStore> open(Database database) {
        JdbcStore store = new JdbcStore(database);
        return store.thread
                .run(() -> store.explained(() -> {
                    Migrations.of(database).run(store.session, Instant.now());
                    database.opened();
                    return store;
                }))
                .recover(failure -> store.close().transform(closed -> Future.failedFuture(failure)));
    }

    @Override
    public Future<List<StoredDocument>> load() {
        return steadily(() -> Documents.load(session));
    }

    @Override
    public Future<Void> each(Consumer<StoredDocument> reader) {
        AtomicBoolean begun = new AtomicBoolean();
        Consumer<StoredDocument> noting = document -> {
            begun.set(true);
            reader.accept(document);
        };
        return reading(() -> {
            try {
                Documents.each(session, noting);
            } catch (SQLException e) {
                // a reader can't be taken back to the beginning
                if (begun.get() || !database.connectionLost(e)) {
                    throw e;
                }
                Documents.each(session, noting);
            }
            return null;
        });
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
        return steadily(() -> history.read(session, deployment, before, limit));
    }

    @Override
    public Future<Void> forgetHistory(Instant before, int most) {
        return steadily(() -> {
            history.forget(session, before, most);
            return null;
        });
    }

    @Override
    public synchronized Future<Void> close() {
        if (closing == null) {
            closing = commits.drain()
                    .compose(drained -> thread.run(() -> explained(this::closed)))
                    .onComplete(done -> thread.end());
        }
        return closing;
    }

    /** Whatever of it fails, the rest is done: the database must not stay locked. */
    private @Nullable Void closed() throws SQLException, IOException {
        try {
            database.closing();
        } finally {
            try {
                session.close();
            } finally {
                database.release();
            }
        }
        return null;
    }

    private synchronized boolean isClosing() {
        return closing != null;
    }

    private <T> Future<T> reading(Callable<T> work) {
        return isClosing()
                ? Future.failedFuture(new KnitException(ErrorCode.CLOSED, "the store is closed"))
                : thread.run(() -> explained(work));
    }

    /** Tries once more when the connection was lost: documents are put and removed by value, so twice is as good as once. */
    private <T> Future<T> steadily(Callable<T> work) {
        return reading(() -> {
            try {
                return work.call();
            } catch (SQLException e) {
                if (!database.connectionLost(e)) {
                    throw e;
                }
                return work.call();
            }
        });
    }

    /** A connection that is lost twice leaves open whether the first time it was lost before the commit or after. */
    private @Nullable Void written(Batch batch) throws Exception {
        try {
            history.write(session, batch);
        } catch (SQLException e) {
            if (!database.connectionLost(e)) {
                throw e;
            }
            try {
                history.write(session, batch);
            } catch (SQLException | RuntimeException again) {
                throw inDoubt(again);
            }
        }
        database.verify();
        return null;
    }

    private KnitException inDoubt(Exception failure) {
        KnitException why = explain(failure);
        // who was replaced meanwhile has nothing to repeat
        return why.code() == ErrorCode.STORE_UNAVAILABLE
                ? new KnitException(ErrorCode.COMMIT_IN_DOUBT, String.valueOf(why.getMessage()), failure)
                : why;
    }

    private <T> T explained(Callable<T> work) {
        try {
            return work.call();
        } catch (Exception e) {
            throw explain(e);
        }
    }

    private KnitException explain(Throwable failure) {
        if (failure instanceof KnitException known) {
            return known;
        }
        return sql(failure)
                .map(database::explain)
                .orElseGet(() -> new KnitException(
                        ErrorCode.STORE_UNAVAILABLE, "the store " + database.name() + " failed: " + failure, failure));
    }

    private boolean concernsAll(Throwable failure) {
        return sql(failure).map(database::concernsAll).orElse(true);
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
