package io.knit.plugin.nats;

import io.nats.client.Connection;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes to the log what jnats complains of, without credentials. */
final class NatsErrors implements ErrorListener {
    private static final Logger LOG = LoggerFactory.getLogger(NatsErrors.class);

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
