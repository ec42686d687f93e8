package io.knit.plugin.nats;

import io.knit.api.spi.transport.TransportMessage;
import io.knit.plugin.nats.access.NatsLogin;
import io.nats.client.Message;
import java.util.Objects;

/** A message that arrived. */
final class NatsMessage implements TransportMessage {
    private static final byte[] EMPTY = new byte[0];

    private final NatsTransport transport;
    private final Message message;

    NatsMessage(NatsTransport transport, Message message) {
        this.transport = transport;
        this.message = message;
    }

    @Override
    public String subject() {
        return message.getSubject();
    }

    @Override
    public byte[] payload() {
        return Objects.requireNonNullElse(message.getData(), EMPTY);
    }

    @Override
    public boolean answersOnly(String peer) {
        String asker = message.getReplyTo();
        return asker == null || asker.startsWith(NatsLogin.inboxOf(peer));
    }

    @Override
    public void reply(byte[] payload) {
        String asker = message.getReplyTo();
        if (asker != null) {
            transport.publish(asker, payload).onFailure(e -> NatsTransport.LOG.debug("An answer was lost", e));
        }
    }
}
