package io.knit.plugin.nats.broker;

/** The nats-server of today, whose answers the embedded broker gives. */
class NatsServerTodayTest extends BrokerContract {
    @Override
    TestBroker broker(TestBroker.Limits limits) {
        return new NatsServerProcess(NatsServerGeneration.TODAY, limits, "");
    }
}
