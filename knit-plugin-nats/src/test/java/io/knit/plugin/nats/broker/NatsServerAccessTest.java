package io.knit.plugin.nats.broker;

/** nats-server itself. */
class NatsServerAccessTest extends AccessContract {
    @Override
    TestBroker broker(AccessSetup setup) {
        return setup.natsServer();
    }
}
