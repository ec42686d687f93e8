package io.knit.plugin.nats;

import io.knit.plugin.nats.broker.EmbeddedTestBroker;
import io.knit.plugin.nats.broker.TestBroker;
import io.knit.plugin.nats.broker.access.Accounts;
import io.knit.plugin.nats.broker.access.Permissions;

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

    private static TestBroker with(Accounts accounts) {
        return new EmbeddedTestBroker(builder -> builder.access(accounts));
    }
}
