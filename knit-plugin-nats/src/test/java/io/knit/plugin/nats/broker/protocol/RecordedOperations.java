package io.knit.plugin.nats.broker.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a {@link ProtocolParser} finds. */
final class RecordedOperations implements Operations {
    final List<String> seen = new ArrayList<>();
    boolean ended;
    private final int maxPayload;
    private Runnable whenEnded = () -> {};

    RecordedOperations(int maxPayload) {
        this.maxPayload = maxPayload;
    }

    /** As a connection does, stops the parser at a violation. */
    void whenEnded(Runnable stop) {
        whenEnded = stop;
    }

    @Override
    public void connect(byte[] bytes, int start, int end) {
        seen.add("connect " + new String(bytes, start, end - start, StandardCharsets.ISO_8859_1).strip());
    }

    @Override
    public boolean announced(Publication publication, boolean headers) {
        if (publication.length > maxPayload) {
            violation(Violation.PAYLOAD);
        }
        return !ended;
    }

    @Override
    public void publish(Publication publication) {
        byte[] payload = new byte[publication.length];
        if (publication.shared != null) {
            publication.shared.getBytes(0, payload);
        } else {
            System.arraycopy(publication.array, publication.arrayStart, payload, 0, payload.length);
        }
        seen.add("publish " + publication.subject() + ' ' + (publication.wantsAnswer() ? publication.reply() : "") + ' '
                + publication.headerLength + ' ' + new String(payload, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void subscribe(ControlLine words) {
        seen.add("subscribe " + words(words));
    }

    @Override
    public void unsubscribe(ControlLine words) {
        seen.add("unsubscribe " + words(words));
    }

    private static String words(ControlLine words) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < Math.min(4, words.count()); i++) {
            all.append(words.text(i)).append(' ');
        }
        return all.toString();
    }

    @Override
    public void ping() {
        seen.add("ping");
    }

    @Override
    public void pong() {
        seen.add("pong");
    }

    @Override
    public void violation(Violation violation) {
        seen.add(violation.name());
        ended = true;
        whenEnded.run();
    }
}
