package io.knit.core.agent.dns;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Predicate;

/** Where there is no network, nobody asks. */
public final class NoSockets implements DnsSockets {
    @Override
    public Future<Hearing> hear(String address, int port, Answerer answerer) {
        return Future.failedFuture("there is no Vert.x to hear with");
    }

    @Override
    public Future<byte[]> ask(
            String server, int port, byte[] query, boolean whole, Predicate<byte[]> meant, Duration timeout) {
        return Future.failedFuture("there is no Vert.x to ask with");
    }
}
