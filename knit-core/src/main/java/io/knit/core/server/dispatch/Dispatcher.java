package io.knit.core.server.dispatch;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.api.model.Order;
import io.knit.api.model.Preparation;
import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.state.Revision;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Use;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.AssignmentsPage;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.Inbox;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.SpecsPage;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.Task;
import io.knit.core.wire.WireCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells agents that their assignments changed, and gives them to those who ask. Loop-bound. */
public final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    /** A page stays well below the largest message; one assignment of the largest spec still fits. */
    private static final int PAGE_BYTES = 256 * 1024;

    private static final int MOST_PLACEMENTS = 5_000;

    /**
     * In a larger fleet each node is told of its own: a broadcast would wake all for one instance, and a rollout give to each the names of all, which
     * is the square of the fleet.
     */
    static final int MOST_WHO_HEAR_ALL = 100;

    private final Transport transport;
    private final StateWriter writer;
    private final AssignmentBook book;
    private final ValueDesk values;
    private final ImagePins images;
    private final Supplier<Runnable> stopwatch;
    /** The one that was asked for last; null: none was. */
    private @Nullable SpecBlob newest;

    /**
     * @param values gives what orders read
     * @param stopwatch begun when a task is handed to the transport, and run when that has taken it
     */
    public Dispatcher(
            Transport transport,
            StateWriter writer,
            AssignmentBook book,
            ValueDesk values,
            Supplier<Runnable> stopwatch) {
        this.values = values;
        this.stopwatch = stopwatch;
        this.transport = transport;
        this.writer = writer;
        this.book = book;
        this.images = new ImagePins(writer);
    }

    /** To be called after each commit. */
    public void announce(Commit commit) {
        Map<String, List<Task.Placement>> started = new TreeMap<>();
        Map<String, List<Task.Placement>> stopped = new TreeMap<>();
        for (Change change : commit.changes()) {
            if (change instanceof Change.PutInstance put) {
                sort(commit, commit.before().instance(put.instance().id()), put.instance(), started, stopped);
            }
        }
        started.forEach((deployment, placements) -> deploy(commit.after(), deployment, placements));
        stopped.forEach(
                (deployment, placements) -> send(Subjects.UNDEPLOY_BROADCAST, commit.after(), deployment, placements));
    }

    private static void sort(
            Commit commit,
            @Nullable Instance before,
            Instance after,
            Map<String, List<Task.Placement>> started,
            Map<String, List<Task.Placement>> stopped) {
        Preparation preparation = after.preparation();
        boolean prepares = after.node() == null && preparation != null && !preparation.done();
        if (prepares && preparation != null && (before == null || !preparation.equals(before.preparation()))) {
            started.computeIfAbsent(after.deployment(), d -> new ArrayList<>())
                    .add(new Task.Placement(after.id(), preparation.node()));
        }
        String node = after.node();
        boolean told = before != null
                && node != null
                && node.equals(before.node())
                && before.order() == after.order()
                && isSameSpec(commit, before, after);
        if (node == null || told) {
            return;
        }
        Map<String, List<Task.Placement>> kind = after.order() == Order.RUN ? started : stopped;
        kind.computeIfAbsent(after.deployment(), d -> new ArrayList<>()).add(new Task.Placement(after.id(), node));
    }

    /** Whether its agent would do the same by both; an agent of the first release does not see otherwise that a password is another. */
    private static boolean isSameSpec(Commit commit, Instance before, Instance after) {
        if (before.revision() == after.revision()) {
            return true;
        }
        Revision from = commit.before().revision(before.deployment(), before.revision());
        Revision to = commit.after().revision(after.deployment(), after.revision());
        return from == null
                || to == null
                || SpecTable.same(Use.FETCH, from.spec(), to.spec())
                        && SpecTable.same(Use.TEND, from.spec(), to.spec());
    }

    private void deploy(ClusterState state, String deployment, List<Task.Placement> placements) {
        if (state.nodes().size() > MOST_WHO_HEAR_ALL || hasSelector(state, placements)) {
            Map<String, List<Task.Placement>> byNode = new TreeMap<>();
            placements.forEach(p ->
                    byNode.computeIfAbsent(p.node(), n -> new ArrayList<>()).add(p));
            byNode.forEach((node, own) -> send(Subjects.deployTo(node), state, deployment, own));
        } else {
            send(Subjects.DEPLOY_BROADCAST, state, deployment, placements);
        }
    }

    private static boolean hasSelector(ClusterState state, List<Task.Placement> placements) {
        for (Task.Placement placement : placements) {
            Instance instance = state.instance(placement.instance());
            Revision revision = instance == null ? null : state.revision(instance.deployment(), instance.revision());
            if (revision != null) {
                return !revision.spec().nodeSelector().isEmpty()
                        || !revision.spec().constraints().isEmpty();
            }
        }
        return false;
    }

    private void send(String subject, ClusterState state, String deployment, List<Task.Placement> placements) {
        for (int from = 0; from < placements.size(); from += MOST_PLACEMENTS) {
            List<Task.Placement> part = placements.subList(from, Math.min(from + MOST_PLACEMENTS, placements.size()));
            Task task = new Task(
                    WireCodec.VERSION, state.cluster(), book.numbers().of(state), deployment, List.copyOf(part));
            Runnable taken = stopwatch.get();
            transport
                    .publish(subject, WireCodec.encode(task))
                    .onSuccess(nothing -> taken.run())
                    .onFailure(e -> LOG.debug("A task was not sent; a heartbeat will heal it: {}", e.getMessage()));
        }
    }

    /**
     * Answers an agent's request for its assignments; one that is not its node's is dropped.
     *
     * @param speaker the node on whose subject it came
     */
    public void answer(String speaker, TransportMessage message, Inbox inbox) {
        AssignmentsRequest request = inbox.read(message, AssignmentsRequest.class);
        ClusterState state = writer.committed();
        if (request == null
                || !speaker.equals(request.node())
                || !state.cluster().equals(request.cluster())) {
            inbox.drop();
            return;
        }
        Node node = state.node(speaker);
        if (node == null || !node.identity().equals(request.identity())) {
            inbox.drop();
            return;
        }
        String instance = imageAsked(request);
        if (instance != null) {
            images.answer(state, node.id(), instance, request)
                    .onSuccess(page -> message.reply(WireCodec.encode(page)))
                    // who hears nothing uses what it has
                    .onFailure(e -> LOG.debug("An image could not be pinned: {}", e.getMessage()));
            return;
        }
        AssignmentSet set = book.of(state, node.id());
        List<String> asked = request.specs();
        List<String> read = request.values();
        if (read != null && read.size() <= AssignmentsRequest.MOST_SPECS) {
            message.reply(WireCodec.encode(values.page(state, set, request, read, most(request))));
        } else if (read != null) {
            inbox.drop();
        } else if (asked == null) {
            message.reply(WireCodec.encode(page(set, state.cluster(), request)));
        } else if (asked.size() <= AssignmentsRequest.MOST_SPECS) {
            message.reply(WireCodec.encode(specs(set, state.cluster(), asked, most(request))));
        } else {
            inbox.drop();
        }
    }

    private static @Nullable String imageAsked(AssignmentsRequest request) {
        List<String> asked = request.values();
        return asked != null && asked.size() == 1 ? ReadValue.instanceOf(asked.get(0)) : null;
    }

    private static int most(AssignmentsRequest request) {
        return request.mostBytes() == null ? PAGE_BYTES : Math.min(PAGE_BYTES, request.mostBytes());
    }

    /** None but those that the node's own orders name: they hold secrets. */
    private SpecsPage specs(AssignmentSet set, String cluster, List<String> asked, int most) {
        Map<String, DeploymentSpec> own = new HashMap<>();
        for (Assignment assignment : set.assignments().values()) {
            if (assignment.blob() != null && assignment.spec() != null) {
                own.put(assignment.blob(), assignment.spec());
            }
        }
        Map<String, SpecBlob> page = new LinkedHashMap<>();
        int bytes = 0;
        for (String name : asked) {
            DeploymentSpec spec = own.get(name);
            if (spec == null || page.containsKey(name)) {
                continue;
            }
            SpecBlob blob = blob(name, spec);
            bytes += WireCodec.encode(blob).length;
            if (bytes > most && !page.isEmpty()) {
                break;
            }
            page.put(name, blob);
        }
        return new SpecsPage(WireCodec.VERSION, cluster, List.copyOf(page.values()));
    }

    /** All nodes of a rollout ask for the same one. */
    private SpecBlob blob(String name, DeploymentSpec spec) {
        SpecBlob last = newest;
        if (last != null && last.blob().equals(name)) {
            return last;
        }
        SpecBlob made = SpecBlob.of(spec);
        newest = made;
        return made;
    }

    private AssignmentsPage page(AssignmentSet set, String cluster, AssignmentsRequest request) {
        @Nullable String after = request.after();
        int most = most(request);
        boolean byHash = Boolean.TRUE.equals(request.byHash());
        Collection<Assignment> rest = after == null
                ? set.assignments().values()
                : set.assignments().tailMap(after + "\0").values();
        List<Assignment> page = new ArrayList<>();
        int bytes = 0;
        for (Assignment each : rest) {
            Assignment assignment = byHash ? each.named() : each.whole();
            // one alone comes whatever its size
            bytes += rest.size() == 1 ? 0 : WireCodec.encode(assignment).length;
            if (bytes > most && !page.isEmpty()) {
                break;
            }
            page.add(assignment);
        }
        boolean more = page.size() < rest.size();
        return new AssignmentsPage(
                WireCodec.VERSION,
                cluster,
                set.revision(),
                set.digest(),
                page,
                more,
                book.numbers().session(),
                more || set.prepare().isEmpty() ? null : set.prepare(),
                more || set.removals().isEmpty() ? null : set.removals());
    }
}
