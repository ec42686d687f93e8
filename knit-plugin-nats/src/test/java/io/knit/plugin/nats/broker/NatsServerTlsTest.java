package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.tls.TlsOptions;

class NatsServerTlsTest extends TlsContract {
    @Override
    TestBroker broker(TlsOptions options) {
        return new NatsServerProcess(options);
    }
}
