package io.knit.plugin.nats.broker.client;

import io.knit.plugin.nats.broker.access.User;
import io.knit.plugin.nats.broker.flow.Reading;
import io.knit.plugin.nats.broker.login.Access;
import io.knit.plugin.nats.broker.login.Authentication;
import io.knit.plugin.nats.broker.login.ConnectFields;
import io.knit.plugin.nats.broker.login.ConnectOptions;
import io.knit.plugin.nats.broker.login.Credentials;
import io.knit.plugin.nats.broker.protocol.ProtocolParser;
import io.knit.plugin.nats.broker.protocol.Violation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a client comes in: it gets INFO, says CONNECT, and is let in as a user or sent away. While its credentials are
 * checked nothing more is read; what was read already waits here. On the connection's loop.
 */
final class Login {
    private final Connection connection;
    private final Broker broker;
    private final Reading reading;
    private final ProtocolParser parser;
    private final @Nullable Authentication authentication;
    private @Nullable Deque<ByteBuf> held; // hardly ever needed

    private boolean in;
    private boolean checking;
    private boolean ponged;

    Login(Connection connection, Broker broker, SocketChannel channel, ProtocolParser parser) {
        this.connection = connection;
        this.broker = broker;
        this.reading = connection.reading();
        this.parser = parser;
        Access access = broker.access();
        this.authentication = access == null ? null : new Authentication(connection, channel, access);
    }

    /** Tells the client what it has reached. */
    void greet(long id, String ip) {
        String nonce = authentication == null ? "" : authentication.nonce();
        connection.send(broker.info().line(id, ip, nonce));
    }

    /** A ping was answered; after the first, nats-server tells a client who it is by now. */
    void ponged() {
        boolean first = !ponged && connection.session().isIntroduced();
        ponged |= first;
        if (first && connection.options().protocol() >= 1) {
            connection.send(broker.info().connectedLine(connection.id(), connection.ip()));
        }
    }

    /** The client may come in, or has to say who it is from now on. */
    void begin() {
        if (authentication == null) {
            boolean unused = letIn(User.ANYBODY);
        } else {
            authentication.start();
        }
    }

    /** Whether what the client sends may be looked at; if not, it is sent away. */
    boolean admits(ByteBuf bytes) {
        if (in || authentication == null || !parser.isBetweenOperations()) {
            return true;
        }
        byte first = bytes.getByte(bytes.readerIndex());
        if (first == 'C' || first == 'c') {
            return true;
        }
        Optional<User> stranger = authentication.defaultUser();
        if (stranger.isEmpty()) {
            connection.violation(Violation.AUTHORIZATION);
        }
        return stranger.isPresent() && letIn(stranger.get());
    }

    /** A client's CONNECT. */
    void connect(byte[] bytes, int start, int end) {
        ConnectFields fields = ConnectFields.read(new String(bytes, start, end - start, StandardCharsets.UTF_8));
        if (fields == null) {
            connection.violation(Violation.ARGUMENTS);
            return;
        }
        ConnectOptions said = connection.options().with(fields);
        if (!fields.text("account", "").isEmpty()) {
            connection.violation(Violation.AUTHORIZATION); // there are no accounts
            return;
        }
        Credentials given = Credentials.of(fields);
        if (authentication == null || (in && given.isEmpty())) {
            introduce(said);
        } else {
            check(authentication, said, given);
        }
    }

    private void check(Authentication by, ConnectOptions said, Credentials given) {
        checking = true;
        parser.pause();
        broker.strangers().checks(connection);
        by.check(given, said.name(), connection.address(), user -> checked(by, said, user));
    }

    private void checked(Authentication by, ConnectOptions said, Optional<User> user) {
        if (!checking) {
            return; // too late
        }
        checking = false;
        parser.resume();
        if (user.isEmpty()) {
            connection.violation(Violation.AUTHORIZATION);
        } else if (letIn(user.get())) {
            introduce(said);
        }
        readOn();
    }

    private void introduce(ConnectOptions said) {
        connection.introduced(said);
        if (said.protocol() < 0 || said.protocol() > 1) {
            connection.violation(Violation.PROTOCOL_VERSION);
        } else if (said.noResponders() && !said.headers()) {
            connection.violation(Violation.NO_RESPONDERS_WITHOUT_HEADERS);
        } else {
            connection.acknowledge();
            connection.session().introduced(said, connection.address());
        }
    }

    private boolean letIn(User user) {
        if (!in) {
            if (!broker.letIn(connection)) {
                connection.violation(Violation.CONNECTIONS);
                return false;
            }
            in = true;
        }
        if (authentication != null) {
            authentication.succeeded();
        }
        connection.becomes(user);
        return true;
    }

    // ---- what waits meanwhile

    boolean isChecking() {
        return checking;
    }

    /** Keeps what the client sent ahead, and reads no more. */
    void hold(ByteBuf bytes) {
        waiting().addLast(bytes);
    }

    /** Keeps the rest of what was being read, before all else that is held. */
    void holdRest(ByteBuf bytes) {
        waiting().addFirst(bytes);
    }

    private Deque<ByteBuf> waiting() {
        reading.pause(Reading.Reason.LOGIN);
        if (held == null) {
            held = new ArrayDeque<>(1);
        }
        return held;
    }

    private void readOn() {
        while (!checking && held != null && !held.isEmpty()) {
            connection.read(held.removeFirst());
        }
        if (!checking) {
            reading.resume(Reading.Reason.LOGIN);
        }
    }

    /** The client is sent away: what it sends is read and thrown away. */
    void leave() {
        checking = false;
        if (authentication != null) {
            authentication.stop();
        }
        if (held != null) {
            held.forEach(ByteBuf::release);
            held.clear();
        }
        readOn();
        broker.strangers().refused(connection);
    }

    /** The channel is closed, with so many subscriptions left. */
    void close(int subscriptions) {
        leave();
        broker.left(connection, in, subscriptions);
    }
}
