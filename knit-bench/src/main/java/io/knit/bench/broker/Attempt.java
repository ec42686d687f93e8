package io.knit.bench.broker;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One measurement, which fails by name, and ends: also one that would wait on a socket for ever. */
final class Attempt {
    /** A run's waits have their own, shorter patience. */
    private static final int PATIENCES = 5;

    private Attempt() {}

    static double of(String what, BenchedBroker broker, Measurement measurement) throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Double> figure = thread.submit(() -> measurement.on(broker));
            return figure.get(PATIENCES * broker.patienceNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(what + " on " + broker.name() + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(what + " on " + broker.name() + ": no end" + Evidence.of(broker), e);
        } finally {
            thread.shutdownNow();
        }
    }
}
