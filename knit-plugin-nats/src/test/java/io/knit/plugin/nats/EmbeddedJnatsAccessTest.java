package io.knit.plugin.nats;

import io.knit.plugin.nats.broker.AccessSetup;
import io.knit.plugin.nats.broker.TestBroker;

class EmbeddedJnatsAccessTest extends JnatsAccessContract {
    @Override
    TestBroker broker(AccessSetup setup) {
        return setup.embedded();
    }
}
