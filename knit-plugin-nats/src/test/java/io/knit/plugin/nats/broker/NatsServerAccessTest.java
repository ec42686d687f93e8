package io.knit.plugin.nats.broker;

/** nats-server itself. */
class NatsServerAccessTest extends AccessContract {
    @Override
    NatsServerGeneration generation() {
        return NatsServerGeneration.DEBIAN;
    }

    @Override
    TestBroker broker(AccessSetup setup) {
        return setup.natsServer(NatsServerGeneration.DEBIAN);
    }
}
