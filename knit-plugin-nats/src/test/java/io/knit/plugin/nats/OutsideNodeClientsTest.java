package io.knit.plugin.nats;

import io.knit.plugin.nats.broker.NatsServerProcess;
import io.knit.plugin.nats.broker.TestBroker;
import io.knit.plugin.nats.broker.tls.TlsOptions;
import org.junit.jupiter.api.Tag;

/** That what the clients are asked to do is what they do with nats-server, too. */
@Tag("night")
class OutsideNodeClientsTest extends NodeClientsContract {
    @Override
    TestBroker broker() {
        return new NatsServerProcess();
    }

    @Override
    TestBroker withToken() {
        return with("authorization { token: %s }".formatted(TOKEN));
    }

    @Override
    TestBroker withUsers(String publicKey) {
        return with("""
                authorization { users: [
                  { user: %s, password: %s }
                  { user: %s, password: %s, permissions: { publish: may, subscribe: may } }
                  { nkey: %s }
                ] }
                """.formatted(USER, PASSWORD, LIMITED, PASSWORD, publicKey));
    }

    @Override
    TestBroker withTls(TlsOptions options) {
        return new NatsServerProcess(options);
    }

    private static TestBroker with(String configuration) {
        return new NatsServerProcess(TestBroker.Limits.USUAL, configuration);
    }
}
