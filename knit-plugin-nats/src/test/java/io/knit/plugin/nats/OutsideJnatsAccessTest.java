package io.knit.plugin.nats;

import io.knit.plugin.nats.broker.AccessSetup;
import io.knit.plugin.nats.broker.TestBroker;

class OutsideJnatsAccessTest extends JnatsAccessContract {
    @Override
    TestBroker broker(AccessSetup setup) {
        return setup.natsServer();
    }
}
