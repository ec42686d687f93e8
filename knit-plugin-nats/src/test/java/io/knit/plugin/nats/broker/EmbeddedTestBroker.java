package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;

/** The embedded broker. */
public final class EmbeddedTestBroker implements TestBroker {
    private final Limits limits;
    private EmbeddedNats nats;
    private final int port;

    public EmbeddedTestBroker() {
        this(Limits.USUAL);
    }

    public EmbeddedTestBroker(Limits limits) {
        this.limits = limits;
        this.nats = started(0);
        this.port = nats.port();
    }

    private EmbeddedNats started(int onPort) {
        return await(EmbeddedNats.builder()
                .address("127.0.0.1", onPort)
                .pingInterval(limits.pingInterval())
                .maxPingsOut(limits.maxPingsOut())
                .maxPending(limits.maxPending())
                .start());
    }

    EmbeddedNats nats() {
        return nats;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void stop() {
        await(nats.close());
    }

    @Override
    public void start() {
        nats = started(port);
    }

    @Override
    public void close() {
        stop();
    }
}
