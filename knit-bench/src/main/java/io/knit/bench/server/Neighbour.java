package io.knit.bench.server;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks for something that has nothing to do with the rollout, every few milliseconds: another deployment, a change of it, a sign of life. */
final class Neighbour implements AutoCloseable {
    static final String DEPLOYMENT = "neighbour";
    private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Api api;
    private final List<Double> millis = new ArrayList<>();
    private final Thread thread = new Thread(this::askOn, "neighbour");
    private long asked;
    private volatile boolean asking;
    private volatile boolean closed;

    Neighbour(URI http) {
        api = new Api(http);
        api.deploy(DEPLOYMENT, 0, "", 0);
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether it shall ask. */
    void ask(boolean now) {
        asking = now;
    }

    private void askOn() {
        while (!closed) {
            if (asking) {
                one();
            }
            LockSupport.parkNanos(BETWEEN_NANOS);
        }
    }

    private void one() {
        long begun = System.nanoTime();
        switch ((int) (asked++ % 3)) {
            case 0 -> api.get("/deployments/" + DEPLOYMENT);
            case 1 -> api.deploy(DEPLOYMENT, 0, "", asked);
            default -> api.get("/readyz");
        }
        synchronized (millis) {
            millis.add((System.nanoTime() - begun) / 1e6);
        }
    }

    /** How long each took since the last time this was asked. */
    double[] millis() {
        synchronized (millis) {
            double[] all = millis.stream().mapToDouble(Double::doubleValue).toArray();
            millis.clear();
            return all;
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
