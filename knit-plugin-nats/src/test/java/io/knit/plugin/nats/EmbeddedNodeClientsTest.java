package io.knit.plugin.nats;

import io.knit.plugin.nats.broker.EmbeddedTestBroker;
import io.knit.plugin.nats.broker.TestBroker;

class EmbeddedNodeClientsTest extends NodeClientsContract {
    @Override
    TestBroker broker() {
        return new EmbeddedTestBroker();
    }
}
