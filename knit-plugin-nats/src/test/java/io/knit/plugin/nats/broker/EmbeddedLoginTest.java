package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.knit.plugin.nats.broker.access.Authenticator;
import io.knit.plugin.nats.broker.access.Claim;
import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.plugin.nats.broker.access.User;
import io.knit.plugin.nats.broker.settings.ClientListener;
import io.knit.plugin.nats.broker.settings.NatsClient;
import io.knit.testkit.Futures;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** How the embedded broker asks an authenticator, and what it bears from it and from strangers. */
class EmbeddedLoginTest {
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final User ALL = new User("all", Permissions.ALL);

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final List<String> clients = new CopyOnWriteArrayList<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<EmbeddedNats> started = new ArrayList<>();

    private record Asked(Claim claim, Promise<Optional<User>> answer) {}

    @BeforeEach
    void readLog() {
        log.start();
        root().addAppender(log);
        root().setLevel(Level.TRACE);
    }

    @AfterEach
    void close() {
        started.forEach(nats -> await(nats.close()));
        root().detachAppender(log);
        root().setLevel(Level.INFO);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger("io.knit");
    }

    private EmbeddedNats nats(Authenticator authenticator, UnaryOperator<EmbeddedNatsBuilder> settings) {
        EmbeddedNatsBuilder builder =
                EmbeddedNats.builder().access(authenticator).onClient(new Listener());
        EmbeddedNats nats = await(settings.apply(builder).start());
        started.add(nats);
        return nats;
    }

    /** A broker whose authenticator answers when the test says so. */
    private EmbeddedNats slow(UnaryOperator<EmbeddedNatsBuilder> settings) {
        return nats(
                claim -> {
                    Promise<Optional<User>> answer = Promise.promise();
                    asked.add(new Asked(claim, answer));
                    return answer.future();
                },
                settings);
    }

    private Asked next() throws InterruptedException {
        Asked next = asked.poll(30, TimeUnit.SECONDS);
        assertThat(next).as("the authenticator is asked").isNotNull();
        return next;
    }

    private final class Listener implements ClientListener {
        @Override
        public void opened(NatsClient client) {
            clients.add("+" + client.name() + "/" + client.user());
        }

        @Override
        public void closed(NatsClient client) {
            clients.add("-" + client.name() + "/" + client.user());
        }
    }

    private static String named(String name) {
        return AccessTable.connect("\"name\":\"" + name + "\",\"user\":\"" + name + "\",\"pass\":\"pw\"");
    }

    @Test
    @DisplayName("what a client sends ahead waits until it is known, whole and in pieces, and then is done in order")
    void aheadWaits() throws Exception {
        EmbeddedNats nats = slow(builder -> builder.authTimeout(Duration.ofMinutes(1)));
        String large = " 5000\r\n" + "x".repeat(5000) + "\r\n";
        String ahead = "SUB a 1\r\nPUB a 2\r\nok\r\nPUB a" + large;
        for (int piece : new int[] {1, 700, 1_000_000}) {
            try (RawClient client = new RawClient(nats.port())) {
                String all = named("one") + ahead;
                for (int start = 0; start < all.length(); start += piece) {
                    client.send(all.substring(start, Math.min(all.length(), start + piece)));
                }
                Asked one = next();
                assertThat(one.claim().user()).isEqualTo("one");
                assertThat(one.claim().password()).isEqualTo("pw");
                assertThat(one.claim().clientName()).isEqualTo("one");
                assertThat(one.claim().address()).startsWith("127.0.0.1:");
                assertThat(nats.subscriptions()).isZero();
                one.answer().complete(Optional.of(ALL));
                assertThat(client.answers()).isEqualTo("MSG a 1 2\r\nok\r\nMSG a 1" + large);
            }
            Awaitility.await().until(() -> nats.subscriptions() == 0);
        }
    }

    @Test
    @DisplayName("a second CONNECT is checked again before what follows it")
    void secondConnect() throws Exception {
        EmbeddedNats nats = slow(builder -> builder);
        try (RawClient client = new RawClient(nats.port())) {
            client.send(named("one"));
            next().answer().complete(Optional.of(ALL));
            client.answers();
            client.send("SUB a 1\r\nPUB a 0\r\n\r\n" + named("two") + "PUB a 0\r\n\r\n" + named("three")
                    + "PUB b 0\r\n\r\n");
            User two = new User("two", Permissions.builder().denyPublish("a").build());
            next().answer().complete(Optional.of(two));
            next().answer()
                    .complete(Optional.of(
                            new User("three", Permissions.builder().publish().build())));
            assertThat(client.answers())
                    .isEqualTo("MSG a 1 0\r\n\r\n-ERR 'Permissions Violation for Publish to \"a\"'\r\n"
                            + "-ERR 'Permissions Violation for Publish to \"b\"'\r\n");
        }
        Awaitility.await().until(() -> clients.size() == 6);
        assertThat(clients)
                .containsExactly("+one/all", "-one/all", "+two/two", "-two/two", "+three/three", "-three/three");
    }

    @Test
    @DisplayName("who is not known in time is sent away, and an answer that comes later changes nothing")
    void tooLate() throws Exception {
        EmbeddedNats nats = slow(builder -> builder.authTimeout(Duration.ofMillis(100)));
        try (RawClient client = new RawClient(nats.port())) {
            client.send(named("one") + "PUB a 0\r\n\r\n");
            Asked one = next();
            assertThat(client.untilClosed()).isEqualTo("-ERR 'Authentication Timeout'\r\n");
            one.answer().complete(Optional.of(ALL));
        }
        Awaitility.await().until(() -> nats.clients() == 0);
        assertThat(clients).isEmpty();
    }

    @Test
    @DisplayName("a client that goes while it is checked leaves nothing")
    void goneMeanwhile() throws Exception {
        EmbeddedNats nats = slow(builder -> builder.authTimeout(Duration.ofMillis(100)));
        for (int i = 0; i < 20; i++) {
            try (RawClient client = new RawClient(nats.port())) {
                client.send(named("one") + "PUB a 5000\r\n" + "x".repeat(i * 100));
                next();
            }
        }
        asked.forEach(each -> each.answer().complete(Optional.of(ALL)));
        Awaitility.await().until(() -> nats.clients() == 0);
        assertThat(clients).isEmpty();
    }

    @Test
    @DisplayName("an authenticator that fails, throws or gives nothing refuses")
    void brokenAuthenticators() {
        IllegalStateException failure = new IllegalStateException("the directory does not know pw of one");
        List<Authenticator> broken = List.of(
                claim -> Future.failedFuture(failure),
                claim -> {
                    throw failure;
                },
                claim -> Future.succeededFuture());
        for (Authenticator each : broken) {
            try (RawClient client = new RawClient(nats(each, builder -> builder).port())) {
                assertThat(client.send(named("one") + "PING\r\n").untilClosed()).isEqualTo(VIOLATION);
            }
        }
        assertThat(logged()).contains("java.lang.IllegalStateException").doesNotContain("directory");
    }

    @Test
    @DisplayName("nothing that a client gives as credentials is ever in a log, nor in the text of a claim")
    void nothingInLogs() {
        List<String> secrets = List.of("theuser1", "thepass2", "thetoken3", "UTHEKEY4", "thesig5");
        String connect = "CONNECT {\"user\":\"theuser1\",\"pass\":\"thepass2\",\"auth_token\":\"thetoken3\","
                + "\"nkey\":\"UTHEKEY4\",\"sig\":\"thesig5\"";
        List<Claim> claims = new CopyOnWriteArrayList<>();
        EmbeddedNats strict = nats(claim -> Future.succeededFuture(Optional.empty()), builder -> builder);
        EmbeddedNats open = nats(
                new Authenticator() {
                    @Override
                    public Future<Optional<User>> authenticate(Claim claim) {
                        claims.add(claim);
                        return Future.failedFuture(claim.password() + claim.token() + claim.user());
                    }

                    @Override
                    public boolean takesKeys() {
                        return false;
                    }
                },
                builder -> builder);
        for (int port : new int[] {strict.port(), open.port()}) {
            for (String end : List.of("}\r\n", ",}\r\n", ",\"protocol\":7}\r\n", ",\"verbose\":\"thepass2\"}\r\n")) {
                try (RawClient client = new RawClient(port)) {
                    client.send(connect + end);
                    assertThat(client.untilClosed()).doesNotContain(secrets);
                }
            }
        }
        assertThat(claims).hasSize(2);
        assertThat(claims.toString()).doesNotContain(secrets);
        assertThat(logged()).contains("is sent away").doesNotContain(secrets);
    }

    private String logged() {
        StringBuilder all = new StringBuilder();
        for (ILoggingEvent event : List.copyOf(log.list)) {
            all.append(event.getFormattedMessage()).append('\n');
            if (event.getThrowableProxy() != null) {
                all.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
        return all.toString();
    }

    @Test
    @DisplayName("a flood of silent strangers is bounded and keeps nobody out, those who are in least of all")
    void strangers() {
        EmbeddedNats nats = nats(
                claim -> Future.succeededFuture(Optional.of(ALL)),
                builder -> builder.maxUnauthenticated(10).authTimeout(Duration.ofMinutes(5)));
        List<RawClient> flood = new ArrayList<>();
        try (RawClient friend = new RawClient(nats.port())) {
            friend.send(named("friend") + "SUB a 1\r\n").answers();
            for (int i = 0; i < 200; i++) {
                RawClient stranger = new RawClient(nats.port());
                flood.add(stranger);
                stranger.trySend("CONNECT {".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                if (i % 20 == 0) {
                    try (RawClient late = new RawClient(nats.port())) {
                        late.send(named("late") + "PUB a 0\r\n\r\n").answers();
                        assertThat(friend.answers()).isEqualTo("MSG a 1 0\r\n\r\n");
                    }
                }
            }
            Awaitility.await().until(() -> nats.clients() <= 11);
            friend.answers();
        } finally {
            flood.forEach(RawClient::close);
        }
    }

    @Test
    @DisplayName("those whose credentials are being checked are not pushed out: who comes then has to come again")
    void strangersBeingChecked() throws Exception {
        EmbeddedNats nats = slow(builder -> builder.maxUnauthenticated(2).authTimeout(Duration.ofMinutes(5)));
        try (RawClient first = new RawClient(nats.port());
                RawClient second = new RawClient(nats.port())) {
            first.send(named("one"));
            Asked one = next();
            second.send(named("two"));
            Asked two = next();
            try (java.net.Socket third = new java.net.Socket("127.0.0.1", nats.port())) {
                third.setSoTimeout((int) Futures.PATIENCE.toMillis());
                assertThat(third.getInputStream().read()).isEqualTo(-1);
            }
            one.answer().complete(Optional.of(ALL));
            two.answer().complete(Optional.empty());
            first.answers();
            assertThat(second.untilClosed()).isEqualTo(VIOLATION);
            try (RawClient fourth = new RawClient(nats.port())) {
                fourth.send(named("four"));
                next().answer().complete(Optional.of(ALL));
                fourth.answers();
            }
        }
    }

    @Test
    @DisplayName("strangers do not count among those that may be in, and who is over that hears it after CONNECT")
    void maxConnectionsOfKnownClients() {
        EmbeddedNats nats =
                nats(claim -> Future.succeededFuture(Optional.of(ALL)), builder -> builder.maxConnections(1));
        try (RawClient stranger = new RawClient(nats.port());
                RawClient first = new RawClient(nats.port());
                RawClient second = new RawClient(nats.port())) {
            first.send(named("first")).answers();
            assertThat(second.send(named("second")).untilClosed()).isEqualTo("-ERR 'maximum connections exceeded'\r\n");
            assertThat(stranger.send("PING\r\n").untilClosed()).isEqualTo(VIOLATION);
            first.answers();
        }
    }

    @Test
    @DisplayName("who asks for answers without reading them is dropped when too much waits")
    void answersUnread() {
        EmbeddedNats nats = nats(
                claim -> Future.succeededFuture(Optional.of(
                        new User("x", Permissions.builder().publish().build()))),
                builder -> builder.maxPending(1024 * 1024).writeDeadline(Duration.ofMinutes(5)));
        try (RawClient client = new RawClient(nats.port())) {
            client.send(named("one")).answers();
            String subject = "s".repeat(4000);
            byte[] block =
                    ("PUB " + subject + " 0\r\n\r\n").repeat(100).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            for (int i = 0; i < 300 && nats.clients() > 0; i++) {
                client.trySend(block);
            }
            Awaitility.await().until(() -> nats.clients() == 0);
        }
    }

    // ---- where this broker is stricter than nats-server

    @Test
    @DisplayName("a wildcard for one token allows no wildcard for all tokens")
    void restUnderOne() {
        User user = new User("x", Permissions.builder().subscribe("a.*").build());
        EmbeddedNats nats = nats(claim -> Future.succeededFuture(Optional.of(user)), builder -> builder);
        try (RawClient client = new RawClient(nats.port())) {
            assertThat(client.send(named("x") + "SUB a.> 1\r\nSUB a.* 2\r\n").answers())
                    .isEqualTo("-ERR 'Permissions Violation for Subscription to \"a.>\"'\r\n");
        }
    }

    @Test
    @DisplayName("what is denied to a queue group does not come to it by a wildcard")
    void queueDeniedByWildcard() {
        User user = new User("x", Permissions.builder().denySubscribe("q.x bad").build());
        EmbeddedNats nats = nats(claim -> Future.succeededFuture(Optional.of(user)), builder -> builder);
        try (RawClient client = new RawClient(nats.port())) {
            client.send(named("x") + "SUB q.* bad 1\r\nSUB q.* good 2\r\nPUB q.x 0\r\n\r\nPUB q.y 0\r\n\r\n");
            assertThat(client.answers().split("\r\n\r\n"))
                    .containsExactlyInAnyOrder("MSG q.x 2 0", "MSG q.y 1 0", "MSG q.y 2 0");
        }
    }
}
