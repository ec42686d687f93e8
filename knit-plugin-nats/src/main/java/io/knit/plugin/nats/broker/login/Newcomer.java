package io.knit.plugin.nats.broker.login;

import io.knit.plugin.nats.broker.protocol.Violation;

/** A client on its way in. On its loop. */
public interface Newcomer {
    /** Tells it what it has reached. */
    void greet();

    /** Sends what it was told now. */
    void flush();

    /** Lets it introduce itself: it is as private as it must be. */
    void admit();

    /** The subject of the certificate of TLS that it has shown; empty if it has shown none. */
    String certificateSubject();

    /** Sends it away, telling it why. */
    void violation(Violation violation);
}
