package io.knit.plugin.nats;

import io.knit.plugin.nats.broker.TestBroker;
import io.knit.plugin.nats.broker.TestCertificates;
import io.knit.plugin.nats.broker.tls.TlsOptions;
import io.nats.client.NKey;
import java.util.List;
import java.util.stream.Collectors;
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

    static final String FILES = Stream.of(
                    TestCertificates.pemOf("ca"), TestCertificates.pemOf("client"), TestCertificates.keyOf("client"))
            .map(file -> file.toAbsolutePath().toString())
            .collect(Collectors.joining(":"));

    private TestBroker broker;
    private TestBroker withToken;
    private TestBroker withUsers;
    private TestBroker withTls;
    private TestBroker withMutualTls;
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

    /** Speaks TLS only. */
    abstract TestBroker withTls(TlsOptions options);

    @BeforeAll
    void prepare() throws Exception {
        NodeClients.install();
        key = NKey.createUser(null);
        broker = broker();
        withToken = withToken();
        withUsers = withUsers(new String(key.getPublicKey()));
        withTls = withTls(TestCertificates.server().build());
        withMutualTls = withTls(
                TestCertificates.server().clientCa(TestCertificates.pemOf("ca")).build());
    }

    @AfterAll
    void close() {
        Stream.of(broker, withToken, withUsers, withTls, withMutualTls).forEach(each -> {
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
                        proof(client, "nkey", withUsers, seed),
                        proof(client, "tls", withTls, FILES),
                        proof(client, "mutualTls", withMutualTls, FILES)));
    }

    static DynamicTest proof(String client, String scenario, TestBroker at, String secret) {
        return DynamicTest.dynamicTest(
                client + " " + scenario, () -> NodeClients.prove(client, scenario, at.url(), secret));
    }
}
