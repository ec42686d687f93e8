package io.knit.plugin.nats.broker.session;

import io.knit.plugin.nats.broker.settings.ClientListener;
import io.knit.plugin.nats.broker.settings.NatsClient;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stranger's code on the broker's loop: whatever it throws must not cost the client its connection. */
public final class CarefulListener implements ClientListener {
    private static final Logger LOG = LoggerFactory.getLogger(CarefulListener.class);
    private final ClientListener stranger;

    public CarefulListener(ClientListener stranger) {
        this.stranger = stranger;
    }

    @Override
    public void opened(NatsClient client) {
        tell(listener -> listener.opened(client));
    }

    @Override
    public void closed(NatsClient client) {
        tell(listener -> listener.closed(client));
    }

    private void tell(Consumer<ClientListener> call) {
        try {
            call.accept(stranger);
        } catch (RuntimeException e) {
            LOG.warn("A listener of NATS clients failed", e);
        }
    }
}
