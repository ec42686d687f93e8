package io.knit.plugin.nats;

import io.knit.plugin.nats.broker.TestBroker;
import io.nats.client.NKey;
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
    static final String TOKEN = "s3cr3t-token";
    static final String USER = "someone";
    static final String LIMITED = "limited";
    static final String PASSWORD = "pa55word";

    private TestBroker broker;
    private TestBroker withToken;
    private TestBroker withUsers;
    private NKey key;

    /** Open to all. */
    abstract TestBroker broker();

    /** Lets in who knows {@link #TOKEN}. */
    abstract TestBroker withToken();

    /**
     * Lets in {@link #USER} with {@link #PASSWORD}, who may do everything, {@link #LIMITED} with the same, who may only publish and subscribe to
     * {@code may}, and the owner of a key.
     */
    abstract TestBroker withUsers(String publicKey);

    @BeforeAll
    void prepare() throws Exception {
        NodeClients.install();
        key = NKey.createUser(null);
        broker = broker();
        withToken = withToken();
        withUsers = withUsers(new String(key.getPublicKey()));
    }

    @AfterAll
    void close() {
        Stream.of(broker, withToken, withUsers).forEach(each -> {
            if (each != null) {
                each.close();
            }
        });
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

    @TestFactory
    Stream<DynamicTest> access() throws Exception {
        String seed = new String(key.getSeed());
        return NodeClients.CLIENTS.stream()
                .flatMap(client -> Stream.of(
                        proof(client, "token", withToken, TOKEN),
                        proof(client, "password", withUsers, USER + ":" + PASSWORD),
                        proof(client, "permissions", withUsers, LIMITED + ":" + PASSWORD),
                        proof(client, "nkey", withUsers, seed)));
    }

    private static DynamicTest proof(String client, String scenario, TestBroker at, String secret) {
        return DynamicTest.dynamicTest(
                client + " " + scenario, () -> NodeClients.prove(client, scenario, at.url(), secret));
    }
}
