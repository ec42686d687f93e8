package io.knit.bench.broker;

import io.nats.client.Connection;
import io.nats.client.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Request and reply with jnats. */
final class JnatsRoundTrip implements RoundTrip {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Override
    public String name() {
        return "jnats";
    }

    @Override
    public long[] nanos(BenchedBroker broker, int payload, int count) throws Exception {
        List<Connection> connections = new ArrayList<>();
        try {
            Connection asker = JnatsLoad.open(broker, connections);
            Connection answerer = JnatsLoad.open(broker, connections);
            String ask = broker.freshSubject();
            answerer.createDispatcher(question -> answerer.publish(question.getReplyTo(), question.getData()))
                    .subscribe(ask);
            answerer.flush(PATIENCE);
            byte[] body = new byte[payload];
            long[] nanos = new long[count];
            for (int i = 0; i < count; i++) {
                long began = System.nanoTime();
                Message answer = asker.request(ask, body, PATIENCE);
                if (answer == null) {
                    throw new IllegalStateException("no answer from " + broker.name());
                }
                nanos[i] = System.nanoTime() - began;
            }
            return nanos;
        } finally {
            for (Connection each : connections) {
                each.close();
            }
        }
    }
}
