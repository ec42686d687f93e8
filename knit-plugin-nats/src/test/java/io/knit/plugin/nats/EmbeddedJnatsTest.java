package io.knit.plugin.nats;

import io.knit.plugin.nats.broker.EmbeddedTestBroker;
import io.knit.plugin.nats.broker.TestBroker;

class EmbeddedJnatsTest extends JnatsContract {
    @Override
    TestBroker broker() {
        return new EmbeddedTestBroker();
    }
}
