package io.knit.testkit.store;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.store.HistoryRow;
import io.knit.api.spi.store.HistoryStore;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.api.spi.store.WriteCheck;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store over an {@link InMemoryStorage}. Opened without a loop it does everything at once, inside the call; with a loop it takes the
 * time that the storage says, and ends with the loop's process. Thread-safe.
 */
public final class InMemoryStore implements HistoryStore {
    private final InMemoryStorage storage;
    private final @Nullable Loop loop;
    private final Queue<Commit> waiting = new ArrayDeque<>();
    private boolean writing;
    private State state = State.OPEN;

    private InMemoryStore(InMemoryStorage storage, @Nullable Loop loop) {
        this.storage = storage;
        this.loop = loop;
    }

    /** A store on a new storage of its own. */
    public static InMemoryStore create() {
        InMemoryStorage storage = new InMemoryStorage();
        InMemoryStore store = new InMemoryStore(storage, null);
        storage.hold(store);
        return store;
    }

    /** Opens the storage; fails with {@code IN_USE} while another store has it open. */
    public static Future<InMemoryStore> open(InMemoryStorage storage) {
        return hold(new InMemoryStore(Objects.requireNonNull(storage, "storage"), null));
    }

    /** As {@link #open(InMemoryStorage)}, for a process that runs on this loop. */
    public static Future<InMemoryStore> open(InMemoryStorage storage, Loop loop) {
        return hold(
                new InMemoryStore(Objects.requireNonNull(storage, "storage"), Objects.requireNonNull(loop, "loop")));
    }

    private static Future<InMemoryStore> hold(InMemoryStore store) {
        return store.storage.hold(store)
                ? Future.succeededFuture(store)
                : Future.failedFuture(new KnitException(
                        ErrorCode.IN_USE, "the storage is open in another store; close or kill that one first"));
    }

    @Override
    public Future<List<StoredDocument>> load() {
        return told(storage::documents);
    }

    private <T> Future<List<T>> told(Supplier<List<T>> answer) {
        Promise<List<T>> told = Promise.promise();
        soon(() -> {
            if (state == State.OPEN) {
                told.complete(answer.get());
            } else if (state == State.CLOSED) {
                told.fail(closed());
            }
        });
        return told.future();
    }

    @Override
    public Future<Void> commit(List<StoreWrite> writes, List<HistoryRow> rows) {
        writes.forEach(WriteCheck::check);
        rows.forEach(WriteCheck::check);
        Commit commit = new Commit(List.copyOf(writes), List.copyOf(rows), Promise.promise());
        synchronized (this) {
            if (state == State.CLOSED) {
                return Future.failedFuture(closed());
            }
            waiting.add(commit);
            if (writing) {
                return commit.done().future();
            }
            writing = true;
        }
        soon(this::writeNext);
        return commit.done().future();
    }

    @Override
    public Future<List<HistoryRow>> history(String deployment, long before, int limit) {
        return told(() -> storage.history(deployment, before, limit));
    }

    @Override
    public Future<Void> forgetHistory(Instant before, int most) {
        return told(() -> {
                    storage.forgetHistory(before, most);
                    return List.of();
                })
                .mapEmpty();
    }

    /** Ends it as the death of its process does: what waits is not written, and no future completes any more. */
    public void kill() {
        synchronized (this) {
            state = State.KILLED;
            waiting.clear();
        }
        storage.release(this);
    }

    @Override
    public Future<Void> close() {
        List<Commit> unwritten;
        synchronized (this) {
            if (state == State.OPEN) {
                state = State.CLOSED;
            }
            unwritten = List.copyOf(waiting);
            waiting.clear();
        }
        storage.release(this);
        unwritten.forEach(commit -> commit.done().fail(closed()));
        return Future.succeededFuture();
    }

    private void soon(Runnable task) {
        if (loop == null) {
            task.run();
        } else {
            loop.after(storage.nextDelay(), task);
        }
    }

    private void writeNext() {
        Commit commit;
        synchronized (this) {
            commit = waiting.poll();
            if (commit == null) {
                writing = false;
                return;
            }
        }
        write(commit);
        soon(this::writeNext);
    }

    private void write(Commit commit) {
        if (commit.writes().isEmpty() && commit.rows().isEmpty()) {
            commit.done().complete();
            return;
        }
        switch (storage.nextFault()) {
            case NONE -> {
                storage.write(commit.writes(), commit.rows());
                answer(commit.done());
            }
            case FAIL ->
                commit.done()
                        .fail(new KnitException(
                                ErrorCode.STORE_UNAVAILABLE, "the test's storage fails this commit on purpose"));
            case FAIL_AFTER -> {
                storage.write(commit.writes(), commit.rows());
                commit.done().fail(inDoubt());
            }
            case FAIL_IN_DOUBT -> commit.done().fail(inDoubt());
            case CRASH_BEFORE -> crash();
            case CRASH_AFTER -> {
                storage.write(commit.writes(), commit.rows());
                crash();
            }
        }
    }

    /** On a loop the answer takes its own turn, so that the process can die between the write and the answer. */
    private void answer(Promise<Void> done) {
        if (loop == null) {
            done.complete();
        } else {
            loop.execute(done::complete);
        }
    }

    private void crash() {
        kill();
        storage.crash();
    }

    private static KnitException inDoubt() {
        return new KnitException(ErrorCode.COMMIT_IN_DOUBT, "the test's storage is lost in this commit on purpose");
    }

    private static KnitException closed() {
        return new KnitException(ErrorCode.CLOSED, "the store is closed");
    }

    private enum State {
        OPEN,
        CLOSED,
        KILLED
    }

    private record Commit(List<StoreWrite> writes, List<HistoryRow> rows, Promise<Void> done) {}
}
