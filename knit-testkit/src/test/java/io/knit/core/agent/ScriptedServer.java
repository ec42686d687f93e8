package io.knit.core.agent;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Order;
import io.knit.api.model.PortBinding;
import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.AssignmentsPage;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.HeartbeatReply;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.Prepare;
import io.knit.core.wire.SpecHash;
import io.knit.core.wire.StatusAck;
import io.knit.core.wire.StatusReport;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.Task;
import io.knit.core.wire.WireCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The server's side of the protocol for one node, saying what the test tells it to. */
final class ScriptedServer {
    private final Transport transport;
    private final TreeMap<String, Assignment> assignments = new TreeMap<>();
    private final Map<String, InstanceStatus> newest = new HashMap<>();
    private final List<InstanceStatus> reported = new ArrayList<>();
    private final List<Heartbeat> heartbeats = new ArrayList<>();
    private List<Prepare> prepare = List.of();
    long revision = 1;
    /** Which start of the server this is; null: of a release that does not tell. */
    @Nullable
    Long session;

    String cluster = "here";
    int pageSize = 2;
    int pagesServed;
    /** How many commits that do not concern this node there are between two pages. */
    int commitsPerPage;

    boolean silent;
    /** What carries a page to the agent. */
    Consumer<Runnable> link = Runnable::run;

    /** What carries an answer to a heartbeat, or to a report of so many bytes, to the agent. */
    BiConsumer<Integer, Runnable> answers = (bytes, answer) -> answer.run();

    int reports;
    int acksToLose;
    /** What it says is deployed no more. */
    List<String> gone = List.of();

    long acksAhead;

    @Nullable
    String refusal;

    ScriptedServer(Transport transport) {
        this.transport = transport;
        transport.subscribe(Subjects.heartbeat(Subjects.ANY_NODE), this::heartbeat);
        transport.subscribe(Subjects.assignments(Subjects.ANY_NODE), this::page);
        transport.subscribe(Subjects.status(Subjects.ANY_NODE), this::status);
    }

    /** Orders without telling: the next heartbeat brings it out. */
    void order(Assignment... changed) {
        revision++;
        for (Assignment assignment : changed) {
            assignments.put(assignment.instance(), assignment);
        }
    }

    void run(String instance, DeploymentSpec spec, PortBinding... ports) {
        order(new Assignment(instance, spec.name(), 1, 0, Order.RUN, spec, SpecHash.of(spec), List.of(ports)));
    }

    void prepare(Prepare... orders) {
        revision++;
        prepare = List.of(orders);
    }

    void stop(String instance) {
        order(new Assignment(instance, "web", 1, 0, Order.STOP, null, "", List.of()));
    }

    void drop(String instance) {
        revision++;
        assignments.remove(instance);
    }

    /** Publishes a task for this node. */
    void tell(String node, String subject) {
        Task task = new Task(WireCodec.VERSION, cluster, revision, "web", List.of(new Task.Placement("any", node)));
        transport.publish(subject, WireCodec.encode(task));
    }

    void tellBytes(String subject, byte[] bytes) {
        transport.publish(subject, bytes);
    }

    /** The instances that are to run. */
    List<String> wanted() {
        return assignments.values().stream()
                .filter(assignment -> assignment.order() == Order.RUN)
                .map(Assignment::instance)
                .toList();
    }

    List<Heartbeat> heartbeats() {
        return heartbeats;
    }

    Heartbeat lastHeartbeat() {
        return heartbeats.get(heartbeats.size() - 1);
    }

    /** Every status that arrived, in order. */
    List<InstanceStatus> reported() {
        return reported;
    }

    List<InstanceStatus> reported(String instance) {
        return reported.stream()
                .filter(status -> status.instance().equals(instance))
                .toList();
    }

    long rejected() {
        return newest.values().stream()
                .filter(status -> status.state() == InstanceState.REJECTED)
                .count();
    }

    @Nullable
    InstanceStatus newest(String instance) {
        return newest.get(instance);
    }

    private AssignmentSet set() {
        return AssignmentSet.of(revision, assignments.values(), prepare);
    }

    private void heartbeat(TransportMessage message) {
        if (silent) {
            return;
        }
        Heartbeat heartbeat = WireCodec.decode(message.payload(), Heartbeat.class);
        heartbeats.add(heartbeat);
        boolean fetch = !set().digest().equals(heartbeat.assignmentsDigest());
        HeartbeatReply reply = refusal == null ? welcome(fetch) : HeartbeatReply.refused(cluster, refusal, "");
        answers.accept(0, () -> message.reply(WireCodec.encode(reply)));
    }

    private HeartbeatReply welcome(boolean fetch) {
        HeartbeatReply reply = HeartbeatReply.welcome(cluster, fetch, revision).gone(gone);
        return session == null ? reply : reply.bySession(session);
    }

    private void page(TransportMessage message) {
        if (silent) {
            return;
        }
        AssignmentsRequest request = WireCodec.decode(message.payload(), AssignmentsRequest.class);
        // as a server of before values were told, which answers every question with assignments
        boolean other = request.values() != null;
        if (!other) {
            pagesServed++;
            revision += commitsPerPage;
        }
        List<Assignment> after = new ArrayList<>(
                request.after() == null
                        ? assignments.values()
                        : assignments.tailMap(request.after(), false).values());
        boolean more = after.size() > pageSize;
        List<Assignment> page = List.copyOf(more ? after.subList(0, pageSize) : after);
        byte[] answer = WireCodec.encode(new AssignmentsPage(
                WireCodec.VERSION,
                cluster,
                revision,
                set().digest(),
                page,
                more,
                session,
                more ? null : prepare,
                null));
        if (other) {
            message.reply(answer);
        } else {
            link.accept(() -> message.reply(answer));
        }
    }

    private void status(TransportMessage message) {
        if (silent) {
            return;
        }
        reports++;
        StatusReport report = WireCodec.decode(message.payload(), StatusReport.class);
        List<StatusAck.Acked> acked = new ArrayList<>();
        for (InstanceStatus status : report.statuses()) {
            reported.add(status);
            newest.merge(status.instance(), status, (old, late) -> late.seq() > old.seq() ? late : old);
            long known = Objects.requireNonNull(newest.get(status.instance())).seq();
            acked.add(new StatusAck.Acked(status.instance(), known + acksAhead));
        }
        acksAhead = 0;
        if (acksToLose > 0) {
            acksToLose--;
        } else {
            byte[] ack = WireCodec.encode(new StatusAck(WireCodec.VERSION, cluster, acked));
            answers.accept(message.payload().length, () -> message.reply(ack));
        }
    }
}
