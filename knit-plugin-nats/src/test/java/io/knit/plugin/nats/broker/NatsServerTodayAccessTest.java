package io.knit.plugin.nats.broker;

/** The nats-server of today. */
class NatsServerTodayAccessTest extends AccessContract {
    @Override
    TestBroker broker(AccessSetup setup) {
        return setup.natsServer(NatsServerGeneration.TODAY);
    }
}
