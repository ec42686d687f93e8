package io.knit.plugin.nats;

import io.nats.client.Connection;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes to the log what jnats complains of, without credentials. */
final class NatsErrors implements ErrorListener {
    private static final Logger LOG = LoggerFactory.getLogger(NatsErrors.class);
    private static final int MOST_CAUSES = 10;

    private volatile String tlsTrouble = "";

    @Override
    public void errorOccurred(Connection connection, String error) {
        String text = NatsAddresses.redact(error);
        if (text.toLowerCase(Locale.ROOT).startsWith("authorization")) {
            // at each try again: the link says once what that means
            LOG.debug("NATS says: {}", text);
        } else {
            LOG.warn("NATS says: {}", text);
        }
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception exception) {
        LOG.debug("The NATS connection had trouble: {}", NatsAddresses.redact(exception.toString()));
        Throwable cause = exception;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (cause instanceof SSLException) {
                noteTlsTrouble(cause);
            }
            cause = cause.getCause();
        }
    }

    // the same again and again until somebody mends it: once is enough. jnats itself says only that it can't connect
    private void noteTlsTrouble(Throwable cause) {
        String trouble = String.valueOf(cause.getMessage());
        if (!trouble.equals(tlsTrouble)) {
            tlsTrouble = trouble;
            LOG.warn("TLS with NATS fails: {}; look at nats-tls-ca, nats-tls-cert and the address", trouble);
        }
    }

    @Override
    public void slowConsumerDetected(Connection connection, Consumer consumer) {
        LOG.warn("Messages arrive faster than they are handled; some are dropped");
    }

    @Override
    public void messageDiscarded(Connection connection, Message message) {
        LOG.warn("A message on {} was dropped: too much waits to be sent", message.getSubject());
    }
}
