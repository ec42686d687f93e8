package io.knit.plugin.nats.broker.login;

import io.knit.plugin.nats.broker.access.Authenticator;
import io.knit.plugin.nats.broker.access.Claim;
import io.knit.plugin.nats.broker.access.Nkey;
import io.knit.plugin.nats.broker.access.User;
import io.knit.plugin.nats.broker.flow.SmallReads;
import io.knit.plugin.nats.broker.protocol.Violation;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who one client is: checks the signature of the nonce, then asks the authenticator, and gives up at the deadline.
 * Keeps no credentials. On the connection's loop.
 */
public final class Authentication {
    private static final Logger LOG = LoggerFactory.getLogger(Authentication.class);

    private final Newcomer newcomer;
    private final EventLoop loop;
    private final Access access;
    private final Authenticator authenticator;
    private final String nonce;
    private final SmallReads reads = new SmallReads();
    private final LoginClock clock;

    public Authentication(Newcomer newcomer, SocketChannel channel, Access access) {
        this.newcomer = newcomer;
        this.loop = channel.eventLoop();
        this.access = access;
        this.authenticator = access.authenticator();
        this.nonce = authenticator.takesKeys() ? access.newNonce() : "";
        this.clock = new LoginClock(loop, access, () -> newcomer.violation(Violation.AUTHENTICATION_TIMEOUT));
        channel.config().setRecvByteBufAllocator(reads);
    }

    /** What the client must sign to prove an nkey; empty if it need not. */
    public String nonce() {
        return nonce;
    }

    /** Who a client is that does not introduce itself. */
    public Optional<User> defaultUser() {
        return authenticator.defaultUser();
    }

    /** From now on the client has so long to come to an end. */
    public void start() {
        clock.start(false);
    }

    /** The client is known. */
    public void succeeded() {
        stop();
        reads.end();
    }

    public void stop() {
        clock.stop();
    }

    /** Finds out who gave the credentials; tells that on the loop, perhaps at once. Empty: nobody whom the broker knows. */
    public void check(Credentials given, String clientName, String address, Consumer<Optional<User>> then) {
        clock.start(true);
        Consumer<Optional<User>> answer = user -> {
            access.answered();
            then.accept(user);
        };
        if (nonce.isEmpty() || given.key().isEmpty()) {
            ask(given.claim(clientName, address, false), answer);
            return;
        }
        byte[] signed = nonce.getBytes(StandardCharsets.US_ASCII);
        access.slowChecks()
                .run(() -> Nkey.signed(given.key(), signed, given.signature()))
                .onComplete(proof -> loop.execute(() -> {
                    if (proof.succeeded() && proof.result()) {
                        ask(given.claim(clientName, address, true), answer);
                    } else {
                        answer.accept(Optional.empty());
                    }
                }));
    }

    private void ask(Claim claim, Consumer<Optional<User>> answer) {
        Future<Optional<User>> asked = authenticate(claim.withCertificate(newcomer.certificateSubject()));
        if (asked.isComplete()) {
            tell(asked, answer);
        } else {
            asked.onComplete(done -> loop.execute(() -> tell(done, answer)));
        }
    }

    // a stranger's code: whatever it throws must not cost more than this one connection
    private Future<Optional<User>> authenticate(Claim claim) {
        try {
            return Objects.requireNonNull(authenticator.authenticate(claim), "the authenticator's future");
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    // of the failure only the class is logged: its message may repeat what the client gave
    private static void tell(AsyncResult<Optional<User>> asked, Consumer<Optional<User>> answer) {
        if (asked.failed()) {
            LOG.warn(
                    "The authenticator of NATS clients failed: {}",
                    asked.cause().getClass().getName());
        }
        Optional<User> user = asked.succeeded() ? asked.result() : null;
        answer.accept(user == null ? Optional.empty() : user);
    }
}
