package io.knit.plugin.nats.broker;

/** The embedded broker. */
class EmbeddedAccessTest extends AccessContract {
    @Override
    TestBroker broker(AccessSetup setup) {
        return setup.embedded();
    }
}
