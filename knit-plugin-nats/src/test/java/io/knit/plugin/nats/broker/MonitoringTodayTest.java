package io.knit.plugin.nats.broker;

/** The same beside the nats-server of today. */
class MonitoringTodayTest extends MonitoringTest {
    @Override
    NatsServerGeneration generation() {
        return NatsServerGeneration.TODAY;
    }
}
