package io.knit.bench.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads that end with the work they were given; the first failure is everyone's. */
final class Crew implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> work = new ArrayList<>();

    /** Something to do that may throw. */
    interface Task {
        void run() throws Exception;
    }

    void start(Task task) {
        Callable<Void> call = () -> {
            task.run();
            return null;
        };
        work.add(threads.submit(call));
    }

    void join() throws Exception {
        for (Future<?> each : work) {
            each.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
