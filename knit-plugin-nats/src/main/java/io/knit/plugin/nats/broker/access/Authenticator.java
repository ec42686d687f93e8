package io.knit.plugin.nats.broker.access;

import io.vertx.core.Future;
import java.util.Optional;

/**
 * Says who a client is.
 *
 * <ol>
 *   <li>It is called on the broker's event loops, from several at once: it must be thread-safe and never block.
 *   <li>An empty answer refuses the client. So does a failed future or an exception, of which only the class is logged.
 *   <li>The answer may come from any thread. If it takes longer than the broker's {@code authTimeout} it comes too late.
 *   <li>What it learns from a claim it keeps out of logs and messages.
 * </ol>
 */
@FunctionalInterface
public interface Authenticator {
    /** The user that the claim proves, or empty to refuse it. */
    Future<Optional<User>> authenticate(Claim claim);

    /**
     * Whether clients may prove an nkey: then the broker gives them a nonce to sign and checks the signature. Where this is
     * false, keys and signatures are ignored. Asked for each connection.
     */
    default boolean takesKeys() {
        return true;
    }

    /**
     * Who a client is that does something before CONNECT. Empty, the usual: such a client is sent away, and
     * {@code auth_required} asks clients for their credentials.
     */
    default Optional<User> defaultUser() {
        return Optional.empty();
    }
}
