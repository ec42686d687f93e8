package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.access.Authenticator;
import io.knit.plugin.nats.broker.access.SlowChecks;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;

/** What the connections of a broker that knows its users share. Thread-safe. */
final class Access {
    private static final int NONCE_BYTES = 11; // as nats-server's

    private final Authenticator authenticator;
    private final Duration timeout;
    private final SlowChecks slowChecks = new SlowChecks();
    private final SecureRandom random = new SecureRandom();

    Access(Authenticator authenticator, Duration timeout) {
        this.authenticator = authenticator;
        this.timeout = timeout;
    }

    Authenticator authenticator() {
        return authenticator;
    }

    /** How long a client may take to be known. */
    Duration timeout() {
        return timeout;
    }

    SlowChecks slowChecks() {
        return slowChecks;
    }

    String newNonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
