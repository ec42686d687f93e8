package io.knit.plugin.docker.engine;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * An HTTP client whose close ends what waits for an answer on another thread. By itself docker-java's does not where the connection was only
 * being made: it is taken into use though it was closed before, and its thread reads for ever. On a unix socket such a thread is interrupted; over
 * tcp it is not heard, and ends with the engine's end of the connection. Thread-safe.
 */
final class ClosableHttp implements DockerHttpClient {
    private final DockerHttpClient http;
    private final Set<Thread> waiting = new HashSet<>();
    private boolean closed;

    ClosableHttp(DockerHttpClient http) {
        this.http = http;
    }

    @Override
    public Response execute(Request request) {
        Thread thread = Thread.currentThread();
        synchronized (waiting) {
            if (closed) {
                throw new IllegalStateException("the connection to the engine was closed before it was used");
            }
            waiting.add(thread);
        }
        try {
            return http.execute(request);
        } finally {
            synchronized (waiting) {
                waiting.remove(thread);
                if (closed) {
                    // was meant for this call alone
                    Thread.interrupted();
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            http.close();
        } finally {
            synchronized (waiting) {
                closed = true;
                waiting.forEach(Thread::interrupt);
            }
        }
    }
}
