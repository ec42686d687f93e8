package io.knit.plugin.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.plugin.nats.broker.AccessSetup;
import io.knit.plugin.nats.broker.TestBroker;
import io.knit.plugin.nats.broker.TestKeys;
import io.knit.testkit.Futures;
import io.nats.client.AuthHandler;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The official Java client with credentials. Runs against nats-server too. */
abstract class JnatsAccessContract {
    /** A started broker. */
    abstract TestBroker broker(AccessSetup setup);

    /** The client itself gives up after 2 s, which a busy machine needs for the first password's hash. */
    private static Options options(TestBroker broker, UnaryOperator<Options.Builder> credentials) {
        return credentials
                .apply(new Options.Builder()
                        .server(broker.url())
                        .connectionTimeout(Futures.PATIENCE)
                        .noReconnect()
                        .errorListener(new NatsErrors()))
                .build();
    }

    private static void comesIn(TestBroker broker, UnaryOperator<Options.Builder> credentials) throws Exception {
        Connection connection = Nats.connect(options(broker, credentials));
        connection.flush(Futures.PATIENCE);
        connection.close();
    }

    private static void isRefused(TestBroker broker, UnaryOperator<Options.Builder> credentials) {
        // one that is refused waits for all of its time before it says so
        assertThatThrownBy(() -> Nats.connect(options(
                        broker,
                        client -> credentials.apply(client).connectionTimeout(Options.DEFAULT_CONNECTION_TIMEOUT))))
                .isInstanceOf(AuthenticationException.class);
    }

    private static char[] chars(String text) {
        return text.toCharArray();
    }

    @ParameterizedTest
    @EnumSource(
            value = AccessSetup.class,
            names = {"TOKEN", "HASHED_TOKEN"})
    void tokens(AccessSetup setup) throws Exception {
        try (TestBroker broker = broker(setup)) {
            comesIn(broker, client -> client.token(chars("s3cret")));
            isRefused(broker, client -> client.token(chars("secret")));
            isRefused(broker, client -> client.userInfo("s3cret", "s3cret"));
            isRefused(broker, client -> client);
        }
    }

    @Test
    @DisplayName("users with passwords, plain and hashed")
    void passwords() throws Exception {
        try (TestBroker broker = broker(AccessSetup.HASHED_PASSWORDS)) {
            comesIn(broker, client -> client.userInfo("b", "pb"));
            comesIn(broker, client -> client.userInfo("plain", "p"));
            isRefused(broker, client -> client.userInfo("b", "pa"));
            isRefused(broker, client -> client.userInfo("nobody", "pa"));
        }
    }

    private static AuthHandler handler(NKey key, NKey signer) {
        return new AuthHandler() {
            @Override
            public byte[] sign(byte[] nonce) {
                try {
                    return signer.sign(nonce);
                } catch (IOException | GeneralSecurityException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public char[] getID() {
                try {
                    return key.getPublicKey();
                } catch (IOException | GeneralSecurityException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public char[] getJWT() {
                return new char[0];
            }
        };
    }

    @Test
    @DisplayName("nkeys")
    void nkeys() throws Exception {
        try (TestBroker broker = broker(AccessSetup.NKEYS)) {
            NKey known = TestKeys.known();
            NKey strange = TestKeys.strange();
            comesIn(broker, client -> client.authHandler(handler(known, known)));
            comesIn(
                    broker,
                    client -> client.authHandler(Nats.staticCredentials(null, known.getSeed()))
                            .userInfo("u", "p"));
            isRefused(broker, client -> client.authHandler(handler(strange, strange)));
            isRefused(broker, client -> client.authHandler(handler(known, strange)));
            isRefused(broker, client -> client);
        }
    }

    @Test
    @DisplayName("who does what it may not is told so, and stays connected")
    void permissions() throws Exception {
        List<String> errors = new CopyOnWriteArrayList<>();
        ErrorListener listener = new ErrorListener() {
            @Override
            public void errorOccurred(Connection connection, String error) {
                errors.add(error);
            }
        };
        try (TestBroker broker = broker(AccessSetup.USERS)) {
            Connection user = Nats.connect(
                    options(broker, client -> client.userInfo("sub", "p").errorListener(listener)));
            Connection other = Nats.connect(options(broker, client -> client.userInfo("all", "p")));
            try {
                List<String> heard = new CopyOnWriteArrayList<>();
                user.createDispatcher(message -> heard.add(message.getSubject()))
                        .subscribe("a.*")
                        .subscribe("c.d");
                user.flush(Futures.PATIENCE);
                for (String subject : List.of("a.x", "a.no", "c.d", "a.y")) {
                    other.publish(subject, new byte[0]);
                }
                Awaitility.await().atMost(Futures.PATIENCE).until(() -> heard.contains("a.y") && !errors.isEmpty());
                assertThat(heard).containsExactly("a.x", "a.y");
                assertThat(errors).containsExactly("Permissions Violation for Subscription to \"c.d\"");
                user.flush(Futures.PATIENCE);
                assertThat(user.getStatus()).isEqualTo(Connection.Status.CONNECTED);
            } finally {
                user.close();
                other.close();
            }
        }
    }

    @Test
    @DisplayName("who may only answer, answers")
    void responses() throws Exception {
        try (TestBroker broker = broker(AccessSetup.USERS)) {
            Connection service = Nats.connect(options(broker, client -> client.userInfo("once", "p")));
            Connection asker = Nats.connect(options(broker, client -> client.userInfo("all", "p")));
            try {
                service.createDispatcher(message -> service.publish(message.getReplyTo(), message.getData()))
                        .subscribe("svc");
                service.flush(Futures.PATIENCE);
                for (int i = 0; i < 100; i++) {
                    byte[] question = ("q" + i).getBytes(StandardCharsets.US_ASCII);
                    assertThat(asker.request("svc", question)
                                    .get(30, TimeUnit.SECONDS)
                                    .getData())
                            .isEqualTo(question);
                }
            } finally {
                service.close();
                asker.close();
            }
        }
    }
}
