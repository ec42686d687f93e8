package io.knit.plugin.nats;

import io.knit.plugin.nats.broker.EmbeddedTestBroker;
import io.knit.plugin.nats.broker.TestBroker;
import io.knit.plugin.nats.broker.TestCertificates;
import io.knit.plugin.nats.broker.access.Accounts;
import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.plugin.nats.broker.tls.TlsOptions;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class EmbeddedNodeClientsTest extends NodeClientsContract {
    @Override
    TestBroker broker() {
        return new EmbeddedTestBroker();
    }

    @Override
    TestBroker withToken() {
        return with(Accounts.builder().token(TOKEN).build());
    }

    @Override
    TestBroker withUsers(String publicKey) {
        return with(Accounts.builder()
                .user(USER, PASSWORD, Permissions.ALL)
                .user(
                        LIMITED,
                        PASSWORD,
                        Permissions.builder().publish("may").subscribe("may").build())
                .nkey(publicKey, "keyed", Permissions.ALL)
                .build());
    }

    @Override
    TestBroker withTls(TlsOptions options) {
        return new EmbeddedTestBroker(options);
    }

    @TestFactory
    Stream<DynamicTest> handshakeFirst() {
        return NodeClients.CLIENTS.stream()
                .map(client -> DynamicTest.dynamicTest(client + " tlsFirst", () -> {
                    try (TestBroker broker = withTls(
                            TestCertificates.server().handshakeFirst(true).build())) {
                        NodeClients.prove(client, "tlsFirst", broker.url(), FILES);
                    }
                }));
    }

    private static TestBroker with(Accounts accounts) {
        return new EmbeddedTestBroker(builder -> builder.access(accounts));
    }
}
