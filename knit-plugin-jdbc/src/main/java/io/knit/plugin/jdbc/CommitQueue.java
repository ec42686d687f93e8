package io.knit.plugin.jdbc;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Groups commits: those that arrive while one is being written share the next transaction and so its one disk sync. No
 * commit waits for others to come. Where a group fails its commits are written one by one, so that only those fail that are at
 * fault. Thread-safe.
 */
final class CommitQueue {
    static final int MOST_COMMITS = 512;
    private static final int MOST_CHARS = 8 * 1024 * 1024;
    private static final int MOST_WAITING = 100_000;

    private final Function<Batch, Future<Void>> writer;
    private final Predicate<Throwable> concernsAll;
    private final Deque<Commit> waiting = new ArrayDeque<>();
    private boolean writing;
    private @Nullable Promise<Void> drained;

    /**
     * @param writer writes all or nothing; never called before its last future completed
     * @param concernsAll whether a failure would befall every other commit as well
     */
    CommitQueue(Function<Batch, Future<Void>> writer, Predicate<Throwable> concernsAll) {
        this.writer = writer;
        this.concernsAll = concernsAll;
    }

    /** Takes a commit; it succeeds when its writes are safe. */
    Future<Void> add(Batch batch) {
        Commit commit = new Commit(batch, Promise.promise());
        synchronized (this) {
            if (drained != null) {
                return Future.failedFuture(new KnitException(ErrorCode.CLOSED, "the store is closed"));
            }
            if (waiting.size() >= MOST_WAITING) {
                return Future.failedFuture(new KnitException(
                        ErrorCode.BUSY, MOST_WAITING + " commits wait for the store; try again when it has caught up"));
            }
            waiting.add(commit);
            if (writing) {
                return commit.promise().future();
            }
            writing = true;
        }
        writeNext();
        return commit.promise().future();
    }

    /** Takes no more; succeeds when all that it took have ended. */
    Future<Void> drain() {
        synchronized (this) {
            if (drained == null) {
                drained = Promise.promise();
                if (!writing) {
                    drained.complete();
                }
            }
            return drained.future();
        }
    }

    private void writeNext() {
        List<Commit> group = nextGroup();
        if (group.isEmpty()) {
            return;
        }
        write(Batch.of(group.stream().map(Commit::batch).toList())).onComplete(result -> {
            if (result.succeeded()) {
                group.forEach(commit -> commit.promise().complete());
                writeNext();
            } else if (group.size() == 1 || concernsAll.test(result.cause())) {
                group.forEach(commit -> commit.promise().fail(result.cause()));
                writeNext();
            } else {
                writeSingly(group.iterator());
            }
        });
    }

    private synchronized List<Commit> nextGroup() {
        List<Commit> group = new ArrayList<>();
        long chars = 0;
        while (!waiting.isEmpty() && group.size() < MOST_COMMITS) {
            chars += waiting.element().batch().chars();
            if (!group.isEmpty() && chars > MOST_CHARS) {
                break;
            }
            group.add(waiting.remove());
        }
        if (group.isEmpty()) {
            writing = false;
            if (drained != null) {
                drained.tryComplete();
            }
        }
        return group;
    }

    private void writeSingly(Iterator<Commit> group) {
        if (!group.hasNext()) {
            writeNext();
            return;
        }
        Commit commit = group.next();
        write(commit.batch()).onComplete(result -> {
            if (result.succeeded()) {
                commit.promise().complete();
            } else {
                Throwable cause = result.cause();
                commit.promise().fail(cause);
                if (concernsAll.test(cause)) {
                    group.forEachRemaining(other -> other.promise().fail(cause));
                }
            }
            writeSingly(group);
        });
    }

    /** A writer that throws must not stop the queue. */
    private Future<Void> write(Batch batch) {
        try {
            return writer.apply(batch);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    /** A commit that waits. */
    private record Commit(Batch batch, Promise<Void> promise) {}
}
