package io.knit.bench.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Threads that end with the work they were given; the first failure is everyone's. */
final class Crew implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> work = new ArrayList<>();
    private final BenchedBroker broker;

    Crew(BenchedBroker broker) {
        this.broker = broker;
    }

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
            try {
                each.get(2 * broker.patienceNanos(), TimeUnit.NANOSECONDS); // longer than a window: that tells more
            } catch (TimeoutException e) {
                throw new IllegalStateException(
                        work.stream().filter(Future::isDone).count() + " of " + work.size() + " threads are done"
                                + Evidence.of(broker),
                        e);
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
