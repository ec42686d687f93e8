package io.knit.launcher.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.WireCodec;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A plain NATS client with a node's key, which tries what it likes and keeps all that it hears. */
final class Attacker implements AutoCloseable {
    private final String node;
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final List<Message> heard = new CopyOnWriteArrayList<>();
    private final Connection connection;
    private final Dispatcher ear;

    private Attacker(String node, Options.Builder options) throws IOException, InterruptedException {
        this.node = node;
        this.connection = Nats.connect(options.connectionName(node)
                .inboxPrefix("_INBOX." + node)
                .maxReconnects(0)
                .reportNoResponders()
                .errorListener(new Errors())
                .build());
        this.ear = connection.createDispatcher(heard::add);
    }

    /** Fails with jnats' AuthenticationException if it is not let in. */
    static Attacker as(String node, Key key, String url) throws IOException, InterruptedException {
        return new Attacker(node, new Options.Builder().server(url).authHandler(key.handler()));
    }

    static Attacker as(String node, Key key, String token, String url) throws IOException, InterruptedException {
        return new Attacker(
                node,
                new Options.Builder().server(url).authHandler(key.handler()).token(token.toCharArray()));
    }

    /** The same without any proof of who it is. */
    static Attacker unproven(String node, String url) throws IOException, InterruptedException {
        return new Attacker(node, new Options.Builder().server(url));
    }

    private final class Errors implements ErrorListener {
        @Override
        public void errorOccurred(Connection about, String error) {
            errors.add(error);
        }
    }

    String node() {
        return node;
    }

    /** Subscribes; the broker has taken or refused it when this returns. */
    void listen(String subject) {
        ear.subscribe(subject);
        flush();
    }

    void publish(String subject, @Nullable String replyTo, Object message) {
        connection.publish(subject, replyTo, message instanceof byte[] bytes ? bytes : WireCodec.encode(message));
        flush();
    }

    /** The answer's text, or null: there is none within half a second. */
    @Nullable
    String ask(String subject, Object message) {
        try {
            Message answer = connection
                    .requestWithTimeout(subject, WireCodec.encode(message), Duration.ofSeconds(5))
                    .get(700, TimeUnit.MILLISECONDS);
            return text(answer);
        } catch (TimeoutException | ExecutionException | java.util.concurrent.CancellationException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the broker has dealt with all that was sent. */
    void flush() {
        try {
            connection.flush(Duration.ofSeconds(10));
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Asserts that the broker said no to exactly this, and forgets what it said. */
    void refused(String what, String subject) {
        Awaitility.await()
                .alias("a refusal of " + what + " " + subject + " among " + errors)
                .until(() -> errors.stream()
                        .anyMatch(error -> error.equalsIgnoreCase(
                                "Permissions Violation for " + what + " to \"" + subject + "\"")));
        errors.clear();
        assertThat(connection.getStatus()).isEqualTo(Connection.Status.CONNECTED);
    }

    /** Nothing was refused. */
    void allowed() {
        flush();
        assertThat(errors).isEmpty();
    }

    List<String> heardOn(String subject) {
        return heard.stream()
                .filter(message -> message.getSubject().equals(subject))
                .map(Attacker::text)
                .toList();
    }

    /** Every word of it. */
    String all() {
        StringBuilder all = new StringBuilder();
        heard.forEach(message -> all.append(message.getSubject())
                .append(' ')
                .append(text(message))
                .append('\n'));
        return all.toString();
    }

    private static String text(Message message) {
        return new String(Objects.requireNonNullElse(message.getData(), new byte[0]), StandardCharsets.UTF_8);
    }

    boolean connected() {
        return connection.getStatus() == Connection.Status.CONNECTED;
    }

    /** A heartbeat as a node of that name would send it first. */
    static Heartbeat heartbeat(String node, String identity) {
        return new Heartbeat(
                WireCodec.VERSION,
                null,
                node,
                identity,
                1,
                "attackers-host",
                Map.of(),
                1,
                1,
                "engine",
                "0.1.0",
                null,
                null,
                0,
                "",
                "takes no work");
    }

    @Override
    public void close() throws InterruptedException {
        connection.close();
    }
}
