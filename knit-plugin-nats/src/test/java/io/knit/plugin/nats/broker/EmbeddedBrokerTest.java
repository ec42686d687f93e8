package io.knit.plugin.nats.broker;

/** The embedded broker. */
class EmbeddedBrokerTest extends BrokerContract {
    @Override
    TestBroker broker(TestBroker.Limits limits) {
        return new EmbeddedTestBroker(limits);
    }
}
