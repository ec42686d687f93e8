package io.knit.plugin.nats;

import io.knit.api.spi.transport.Transport;
import io.knit.plugin.nats.broker.NatsServerProcess;
import io.knit.plugin.nats.broker.TestBroker;
import io.knit.testkit.contract.TransportContract;
import io.vertx.core.Future;
import org.junit.jupiter.api.BeforeEach;

/** The transport's contract over an outside nats-server. */
class OutsideNatsTransportTest extends TransportContract {
    private TestBroker broker;
    private TestTransports transports;

    @BeforeEach
    void startBroker() {
        broker = new NatsServerProcess();
        transports = new TestTransports();
    }

    @Override
    protected Future<? extends Transport> connect() {
        return Future.succeededFuture(transports.connected(broker.url()));
    }

    @Override
    protected void interrupt() {
        broker.stop();
    }

    @Override
    protected void restore() {
        broker.start();
    }

    @Override
    protected void afterClosing() {
        if (transports != null) {
            transports.close();
            broker.close();
        }
    }
}
