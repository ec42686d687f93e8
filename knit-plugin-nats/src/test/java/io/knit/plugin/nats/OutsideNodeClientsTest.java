package io.knit.plugin.nats;

import io.knit.plugin.nats.broker.NatsServerProcess;
import io.knit.plugin.nats.broker.TestBroker;

class OutsideNodeClientsTest extends NodeClientsContract {
    @Override
    TestBroker broker() {
        return new NatsServerProcess();
    }
}
