package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;

import io.knit.plugin.nats.broker.tls.TlsOptions;
import java.util.function.UnaryOperator;

/** The embedded broker. */
public final class EmbeddedTestBroker implements TestBroker {
    private final UnaryOperator<EmbeddedNatsBuilder> settings;
    private EmbeddedNats nats;
    private final int port;

    public EmbeddedTestBroker() {
        this(Limits.USUAL);
    }

    public EmbeddedTestBroker(Limits limits) {
        this(builder -> builder.pingInterval(limits.pingInterval())
                .maxPingsOut(limits.maxPingsOut())
                .maxPending(limits.maxPending()));
    }

    public EmbeddedTestBroker(TlsOptions tls) {
        this(builder -> builder.tls(tls));
    }

    public EmbeddedTestBroker(UnaryOperator<EmbeddedNatsBuilder> settings) {
        this.settings = settings;
        this.nats = started(0);
        this.port = nats.port();
    }

    private EmbeddedNats started(int onPort) {
        return await(settings.apply(EmbeddedNats.builder().address("127.0.0.1", onPort))
                .start());
    }

    public EmbeddedNats nats() {
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
