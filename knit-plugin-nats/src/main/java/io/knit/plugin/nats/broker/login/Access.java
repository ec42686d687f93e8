package io.knit.plugin.nats.broker.login;

import io.knit.plugin.nats.broker.access.Authenticator;
import io.knit.plugin.nats.broker.access.SlowChecks;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;

/** What the connections of a broker that knows its users share. Thread-safe. */
public final class Access {
    private static final int NONCE_BYTES = 11; // as nats-server's

    private final Authenticator authenticator;
    private final Duration timeout;
    private final SlowChecks slowChecks = new SlowChecks();
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong answers = new AtomicLong();

    public Access(Authenticator authenticator, Duration timeout) {
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

    /** Whether it is one client's turn can be told by this: how often credentials were found right or wrong so far. */
    long answers() {
        return answers.get();
    }

    void answered() {
        answers.incrementAndGet();
    }

    String newNonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
