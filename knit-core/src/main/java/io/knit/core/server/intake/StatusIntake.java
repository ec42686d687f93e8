package io.knit.core.server.intake;

import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.api.model.StartTimes;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.core.rules.IpAddress;
import io.knit.core.server.state.Allowance;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.wire.Inbox;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.Speaks;
import io.knit.core.wire.StatusAck;
import io.knit.core.wire.StatusReport;
import io.knit.core.wire.WireCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes statuses: an instance only moves forward; what is older than what is known is dropped, and acknowledged. Only that an instance is
 * lost was never its own state but the server's judgement of its node: the node's word takes it back. Loop-bound.
 */
public final class StatusIntake {
    private static final int LONGEST_REASON = 2_000;
    private static final int LONGEST_OUTPUT = 1_100;
    private static final int MOST_LINES = 10;

    /**
     * Of an instance that stays in its state: more than any container that is started again and again has to tell. Its states go forward
     * only, so of those there are few.
     */
    private final Allowance words = new Allowance(30, Duration.ofSeconds(2));

    private final Loop loop;
    private final StateWriter writer;
    private final Inbox inbox;

    public StatusIntake(Loop loop, StateWriter writer, Inbox inbox) {
        this.loop = loop;
        this.writer = writer;
        this.inbox = inbox;
    }

    /** @param speaker the node on whose subject it came */
    public void take(String speaker, TransportMessage message) {
        StatusReport report = inbox.read(message, StatusReport.class);
        ClusterState state = writer.committed();
        if (report == null
                || !isSound(report)
                || !report.node().equals(speaker)
                || !state.cluster().equals(report.cluster())
                || !isNode(state, report)) {
            inbox.drop();
            return;
        }
        if (writer.isCrowded()) {
            // not acknowledged: the agent says it again
            return;
        }
        StatusReport due = withoutChatter(state, report);
        if (due.statuses().isEmpty() && !report.statuses().isEmpty()) {
            // not acknowledged: the agent says the newest again
            return;
        }
        writer.submit(tip -> decide(tip, due, loop.now()))
                .onSuccess(acked ->
                        message.reply(WireCodec.encode(new StatusAck(WireCodec.VERSION, report.cluster(), acked))));
        // a failed commit is not acknowledged: the agent sends again
    }

    private StatusReport withoutChatter(ClusterState state, StatusReport report) {
        List<InstanceStatus> due = new ArrayList<>();
        for (InstanceStatus status : report.statuses()) {
            if (status == null || !isChatter(own(state, report, status), status)) {
                due.add(status);
            }
        }
        return due.size() == report.statuses().size() ? report : report.with(due);
    }

    /** Null: it is no instance of the node's, whose word for it takes nothing of what is another's due. */
    private static @Nullable Instance own(ClusterState state, StatusReport report, InstanceStatus status) {
        Instance known = state.instance(status.instance());
        return known != null && report.node().equals(known.node()) ? known : null;
    }

    /** Whether it changes the words of one that stays as it is once more than is its due. */
    private boolean isChatter(@Nullable Instance known, InstanceStatus status) {
        return known != null
                && status.state() == known.observed().state()
                && status.seq() > known.observed().seq()
                && words.take(known.id(), loop.elapsed()) < 0;
    }

    private static boolean isSound(StatusReport report) {
        return Speaks.OURS.includes(report.v())
                && report.node() != null
                && report.statuses() != null
                && report.statuses().stream()
                        .allMatch(s -> s == null || s.instance() != null && s.state() != null && s.reason() != null);
    }

    /** A node that is down is heard of by its heartbeat first; until that is taken in, it says again what is not acknowledged. */
    private static boolean isNode(ClusterState state, StatusReport report) {
        Node node = state.node(report.node());
        return node != null && node.identity().equals(report.identity()) && node.state() != NodeState.DOWN;
    }

    static Decision<List<StatusAck.Acked>> decide(ClusterState state, StatusReport report, Instant now) {
        List<Change> changes = new ArrayList<>();
        List<StatusAck.Acked> acked = new ArrayList<>();
        for (InstanceStatus status : report.statuses()) {
            if (status == null) {
                // a later agent's word; not acknowledged, so a later server hears it
                continue;
            }
            Instance known = state.instance(status.instance());
            if (known == null || !report.node().equals(known.node())) {
                acked.add(new StatusAck.Acked(status.instance(), status.seq()));
                continue;
            }
            acked.add(new StatusAck.Acked(status.instance(), Math.max(known.statusSeq(), status.seq())));
            changes.addAll(changes(known, status, now, state.served()));
        }
        return new Decision<>(changes, acked);
    }

    private static List<Change> changes(Instance known, InstanceStatus status, Instant now, Instant served) {
        boolean judgedLost = known.decided().lost() && known.order() == Order.RUN && isAgents(status.state());
        Observed before = known.observed();
        if (status.seq() < before.seq() || status.seq() == before.seq() && !judgedLost) {
            return List.of();
        }
        if (status.state() == InstanceState.STOPPED && known.order() == Order.STOP) {
            return List.of(new Change.RemoveInstance(known.id()));
        }
        Change said = new Change.PutObserved(known.id(), observed(known, judgedLost, status, now, served));
        return judgedLost ? List.of(new Change.PutInstance(known.found(now, served)), said) : List.of(said);
    }

    private static Observed observed(
            Instance known, boolean judgedLost, InstanceStatus status, Instant now, Instant served) {
        InstanceState before = known.observed().state();
        boolean forward = judgedLost || before == null || status.state().compareTo(before) > 0;
        InstanceState next = forward && isAgents(status.state()) ? status.state() : before;
        boolean changed = judgedLost || next != before;
        String reason = shortened(status.reason());
        Observed said = new Observed(
                next,
                judgedLost && reason.isEmpty() ? "its node " + known.node() + " is back" : reason,
                status.restarts(),
                status.failing(),
                status.seq(),
                changed ? now : known.observed().since(),
                status.health(),
                known.observed().healthySince(),
                start(known.observed(), status),
                status.exitCode(),
                status.pull(),
                shownOutput(status.lastOutput()),
                status.address() == null ? null : IpAddress.canonical(status.address()),
                known.observed().wellUntil(),
                known.observed().wellFor());
        if (judgedLost && !said.isHealthy()) {
            // when it ceased to be is not known
            return said.healthySince(Instant.EPOCH);
        }
        if (known.isHealthy() == said.isHealthy()) {
            return said;
        }
        if (!said.isHealthy()) {
            return said.wellUntil(served);
        }
        // what was well before its node went away, and was not started again since, went on meanwhile
        boolean wentOn = judgedLost && known.observed().isHealthy() && said.restarts() == known.restarts();
        return (wentOn ? said.wellFor(said.longestWell(served)) : said).healthySince(served);
    }

    /** An agent that was started anew knows nothing of how what it found had been started; it is no less true for that. */
    private static StartTimes start(Observed before, InstanceStatus status) {
        boolean runsOn = before.state() == InstanceState.RUNNING && status.state() == InstanceState.RUNNING;
        return runsOn && status.start().equals(StartTimes.UNKNOWN) ? before.start() : status.start();
    }

    /** Whether an agent may say it; the others are the server's own judgement. */
    private static boolean isAgents(InstanceState state) {
        return switch (state) {
            case PREPARING, STARTING, RUNNING, STOPPED, FAILED, REJECTED -> true;
            case PENDING, ASSIGNED, STOPPING, COMPLETED, LOST -> false;
        };
    }

    /** An agent has made it harmless; whether it has is not known here. */
    private static @Nullable String shownOutput(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        String last = text.substring(Math.max(0, text.length() - LONGEST_OUTPUT));
        return last.lines().limit(MOST_LINES).map(PlainText::of).collect(Collectors.joining("\n"));
    }

    private static String shortened(String reason) {
        return PlainText.of(reason, LONGEST_REASON);
    }
}
