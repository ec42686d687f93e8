package io.knit.core.server;

import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.core.server.dispatch.Dispatcher;
import io.knit.core.server.dispatch.NamesDesk;
import io.knit.core.server.intake.HeartbeatIntake;
import io.knit.core.server.intake.IntakeLane;
import io.knit.core.server.intake.StatusIntake;
import io.knit.core.server.meter.AgentWord;
import io.knit.core.server.meter.Meters;
import io.knit.core.wire.Inbox;
import io.knit.core.wire.NodeId;
import io.knit.core.wire.Subjects;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what agents say: each message waits for its node's turn, and goes to who takes such messages. What is not on a node's subject, or wants its
 * answer elsewhere than with that node, is nobody's. Thread-safe.
 */
final class AgentHearing {
    private static final Logger LOG = LoggerFactory.getLogger(AgentHearing.class);

    private final Loop loop;
    private final Transport transport;
    private final Meters meters;
    private final BooleanSupplier isRunning;
    private final Inbox inbox = new Inbox();
    private final IntakeLane lane;
    private volatile boolean subscribed;

    /** @param isRunning whether the server runs: else nobody is heard */
    AgentHearing(Loop loop, Transport transport, Meters meters, BooleanSupplier isRunning) {
        this.loop = loop;
        this.transport = transport;
        this.meters = meters;
        this.isRunning = isRunning;
        this.lane = new IntakeLane(loop, inbox::drop);
    }

    /** Reads messages, and counts those that are nobody's. */
    Inbox inbox() {
        return inbox;
    }

    /** Whether something of this node waits for its turn. */
    boolean isWaiting(String node) {
        return lane.holds(node);
    }

    /** Whether all that agents say is heard. */
    boolean isSubscribed() {
        return subscribed;
    }

    /** Not waited for: an outside broker may be away for a while, and the API answers meanwhile. */
    void begin(HeartbeatIntake heartbeats, StatusIntake statuses, Dispatcher dispatcher, NamesDesk names) {
        Future.join(
                        hear(Subjects.heartbeat(Subjects.ANY_NODE), AgentWord.HEARTBEAT, heartbeats::take),
                        hear(
                                Subjects.status(Subjects.ANY_NODE),
                                AgentWord.STATUS,
                                (speaker, message, at) -> statuses.take(speaker, message)),
                        hear(
                                Subjects.assignments(Subjects.ANY_NODE),
                                AgentWord.ASSIGNMENTS,
                                (speaker, message, at) -> dispatcher.answer(speaker, message, inbox)),
                        hear(
                                Subjects.names(Subjects.ANY_NODE),
                                AgentWord.NAMES,
                                (speaker, message, at) -> names.answer(speaker, message, inbox)))
                .onSuccess(all -> subscribed = true)
                .onFailure(e -> {
                    if (isRunning.getAsBoolean()) {
                        LOG.error("The server can't listen to agents: {}; start it again", e.getMessage());
                    }
                });
    }

    /** Who takes what agents say. */
    @FunctionalInterface
    private interface Taker {
        /** @param at when it came, by the loop's {@code elapsed} */
        void take(String speaker, TransportMessage message, Duration at);
    }

    private Future<Void> hear(String subject, AgentWord word, Taker taker) {
        Taker measured = (speaker, message, at) -> {
            taker.take(speaker, message, at);
            meters.heard(word, loop.elapsed().minus(at));
        };
        return loop.bring(transport.subscribe(subject, message -> hear(message, measured)))
                .mapEmpty();
    }

    private void hear(TransportMessage message, Taker taker) {
        String speaker = Subjects.speaker(message.subject());
        if (NodeId.isValid(speaker)) {
            Duration at = loop.elapsed();
            lane.add(speaker, message.payload().length, () -> take(message, at, taker));
        } else {
            inbox.drop();
        }
    }

    private void take(TransportMessage message, Duration at, Taker taker) {
        String speaker = Subjects.speaker(message.subject());
        if (!isRunning.getAsBoolean()) {
            return;
        }
        if (NodeId.isValid(speaker) && message.answersOnly(speaker)) {
            taker.take(speaker, message, at);
        } else {
            inbox.drop();
        }
    }
}
