package io.knit.plugin.nats;

import io.knit.plugin.nats.broker.TestBroker;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** What users of NATS clients that other people wrote rely on, against whichever broker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class NodeClientsContract {
    private TestBroker broker;

    abstract TestBroker broker();

    @BeforeAll
    void prepare() throws Exception {
        NodeClients.install();
        broker = broker();
    }

    @AfterAll
    void close() {
        if (broker != null) {
            broker.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> scenarios() throws Exception {
        List<String> names = NodeClients.scenarios();
        return NodeClients.CLIENTS.stream()
                .flatMap(client -> names.stream()
                        .map(scenario -> DynamicTest.dynamicTest(
                                client + " " + scenario,
                                () -> NodeClients.play(client, scenario, broker.url(), this::restart))));
    }

    private void restart() {
        broker.stop();
        broker.start();
    }
}
