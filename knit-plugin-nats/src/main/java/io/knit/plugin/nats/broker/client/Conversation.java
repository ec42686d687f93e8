package io.knit.plugin.nats.broker.client;

import io.knit.plugin.nats.broker.protocol.ControlLine;
import io.knit.plugin.nats.broker.protocol.Line;
import io.knit.plugin.nats.broker.protocol.Operations;
import io.knit.plugin.nats.broker.protocol.Publication;
import io.knit.plugin.nats.broker.protocol.TraceHeaders;
import io.knit.plugin.nats.broker.protocol.Violation;
import io.knit.plugin.nats.broker.routing.LoopState;
import io.knit.plugin.nats.broker.routing.SubjectRules;
import io.knit.plugin.nats.broker.routing.Subscription;
import io.knit.plugin.nats.broker.settings.BrokerSettings;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Carries out what a client asks for, once its {@link Login} lets it through. On the connection's loop. */
final class Conversation implements Operations {
    private static final byte[] PONG = Line.of("PONG\r\n");
    private static final byte[] INVALID_SUBJECT = Line.of("-ERR 'Invalid Subject'\r\n");
    private static final byte[] INVALID_PUBLISH_SUBJECT = Line.of("-ERR 'Invalid Publish Subject'\r\n");
    private static final byte[] TOO_MANY_SUBSCRIPTIONS = Line.of("-ERR 'maximum subscriptions exceeded'\r\n");

    private final Connection connection;
    private final LoopState loop;
    private final int maxPayload;

    Conversation(Connection connection, BrokerSettings settings, LoopState loop) {
        this.connection = connection;
        this.loop = loop;
        this.maxPayload = settings.maxPayload();
    }

    @Override
    public void connect(byte[] bytes, int start, int end) {
        connection.pace().count();
        connection.login().connect(bytes, start, end);
    }

    @Override
    public boolean announced(Publication publication, boolean headers) {
        if (headers && !connection.wantsHeaders()) {
            connection.violation(Violation.ARGUMENTS);
        } else if (publication.length > maxPayload) {
            connection.violation(Violation.PAYLOAD);
        } else if (connection.options().pedantic() && !SubjectRules.isLiteral(publication.subject())) {
            connection.send(INVALID_PUBLISH_SUBJECT);
        }
        return !connection.isLeaving();
    }

    @Override
    public void publish(Publication publication) {
        connection.pace().count();
        byte[] forbidden = connection.session().forbids(publication);
        if (forbidden != null) {
            connection.send(forbidden);
            return;
        }
        connection.acknowledge();
        connection.received().count(publication.length);
        if (TraceHeaders.forbidDelivery(publication)) {
            loop.delivery.pretend(connection, publication, loop);
            return;
        }
        JsonObject answer = connection.questions().answer(connection, publication);
        loop.delivery.publish(connection, publication, answer != null, loop);
        if (answer != null) {
            loop.delivery.answer(publication.reply(), answer, loop);
        }
    }

    @Override
    public void subscribe(ControlLine words) {
        connection.pace().count();
        if (words.count() < 2 || words.count() > 3) {
            connection.violation(Violation.ARGUMENTS);
            return;
        }
        String subject = words.text(0);
        String queue = words.count() == 3 ? words.text(1) : null;
        byte[] refusal = refusal(subject, queue);
        if (refusal != null) {
            connection.send(refusal);
            return;
        }
        String sid = words.text(words.count() - 1);
        if (!connection.subscriptions().contains(sid)) {
            if (!SubjectRules.isPattern(subject)) {
                connection.send(INVALID_SUBJECT);
                return;
            }
            connection
                    .subscriptions()
                    .add(subject, queue, sid, connection.session().filter(subject));
        }
        connection.acknowledge();
    }

    private byte @Nullable [] refusal(String subject, @Nullable String queue) {
        byte[] forbidden = connection.session().forbids(subject, queue);
        return forbidden == null && connection.subscriptions().isFull() ? TOO_MANY_SUBSCRIPTIONS : forbidden;
    }

    @Override
    public void unsubscribe(ControlLine words) {
        connection.pace().count();
        if (words.count() < 1 || words.count() > 2) {
            connection.violation(Violation.ARGUMENTS);
            return;
        }
        int most = words.count() == 2 ? words.number(1) : 0;
        Subscription subscription = connection.subscriptions().get(words.text(0));
        if (subscription != null && connection.outbound().limit(subscription, most)) {
            connection.ended(subscription);
        }
        connection.acknowledge();
    }

    @Override
    public void ping() {
        connection.pace().count();
        connection.watch().pinged();
        connection.send(PONG);
        connection.login().ponged();
    }

    @Override
    public void pong() {
        connection.pace().count();
        connection.keepAlive().ponged();
    }

    @Override
    public void violation(Violation violation) {
        connection.violation(violation);
    }
}
