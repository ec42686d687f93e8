package io.knit.plugin.nats.broker;

/** nats-server itself: what the contract expects of the embedded broker must be true here first. */
class NatsServerTest extends BrokerContract {
    @Override
    NatsServerGeneration generation() {
        return NatsServerGeneration.DEBIAN;
    }

    @Override
    TestBroker broker(TestBroker.Limits limits) {
        return new NatsServerProcess(limits);
    }
}
