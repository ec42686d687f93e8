package io.knit.bench.server;

import io.knit.api.KnitVersion;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Order;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentsPage;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.Features;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.HeartbeatReply;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.Speaks;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.SpecsPage;
import io.knit.core.wire.StatusReport;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An agent without an engine: what it is told to run it says to be running after two steps. What is not answered it says again. */
final class LightAgent {
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final LightFleet fleet;
    private final Tasks tasks;
    private final String node;
    private final Wire wire;
    private final long session = System.currentTimeMillis();
    private final Map<String, Said> unanswered = new LinkedHashMap<>();
    private final Map<String, Order> instances = new HashMap<>();
    private final Set<String> specs = new HashSet<>();
    private final List<Assignment> pages = new ArrayList<>();
    private @Nullable String cluster;
    private @Nullable AssignmentsPage adopting;
    private boolean fetching;
    private boolean fetchAgain;
    private long revision;
    private String digest = "";
    private long beatAt;
    private long count;
    private long seq;

    private record Said(String subject, byte[] payload, long at) {}

    LightAgent(LightFleet fleet, Tasks tasks, String node, URI nats) throws IOException {
        this.fleet = fleet;
        this.tasks = tasks;
        this.node = node;
        this.wire = new Wire(
                node,
                nats,
                Subjects.deployTo(node),
                Subjects.DEPLOY_BROADCAST,
                Subjects.UNDEPLOY_BROADCAST,
                "_INBOX." + node + ".>");
    }

    String node() {
        return node;
    }

    SocketChannel channel() {
        return wire.channel();
    }

    void beatAt(long nanos) {
        beatAt = nanos;
    }

    /** Does what is due, and sends what was put. */
    void turn(long now, long heartbeatNanos, boolean looks) throws IOException {
        if (now - beatAt >= 0) {
            beatAt = now + heartbeatNanos;
            say('h', Subjects.heartbeat(node), heartbeat());
        }
        if (looks && !unanswered.isEmpty()) {
            repeat(now);
        }
        wire.flush();
    }

    private void repeat(long now) {
        List<Map.Entry<String, Said>> late = unanswered.entrySet().stream()
                .filter(each -> now - each.getValue().at() > AGAIN_NANOS)
                .toList();
        for (Map.Entry<String, Said> each : late) {
            unanswered.remove(each.getKey());
            Said said = each.getValue();
            fleet.repeats(1);
            say(each.getKey().charAt(0), said.subject(), said.payload());
        }
    }

    void heard(byte[] bytes, int length) throws IOException {
        wire.heard(bytes, length, this::message);
    }

    private void message(String subject, byte[] bytes, int from, int to) {
        if (!subject.startsWith("_INBOX.")) {
            if (tasks.names(node, bytes, from, to)) {
                fetch();
            }
            return;
        }
        String word = subject.substring(subject.lastIndexOf('.') + 1);
        if (unanswered.remove(word) == null) {
            return;
        }
        byte[] answer = Arrays.copyOfRange(bytes, from, to);
        switch (word.charAt(0)) {
            case 'h' -> welcomed(WireCodec.decode(answer, HeartbeatReply.class));
            case 'a' -> page(WireCodec.decode(answer, AssignmentsPage.class));
            case 'b' -> specs(WireCodec.decode(answer, SpecsPage.class));
            default -> {
                // an acknowledgement: that it came is all there is to it
            }
        }
    }

    private void say(char kind, String subject, Object message) {
        say(kind, subject, WireCodec.encode(message));
    }

    private void say(char kind, String subject, byte[] payload) {
        String word = kind + Long.toString(++count, 36);
        if (kind == 'h') {
            // the next one says more
            unanswered.keySet().removeIf(each -> each.charAt(0) == 'h');
        }
        unanswered.put(word, new Said(subject, payload, System.nanoTime()));
        wire.publish(subject, "_INBOX." + node + '.' + word, payload);
    }

    private Heartbeat heartbeat() {
        return new Heartbeat(
                WireCodec.VERSION,
                cluster,
                node,
                "identity-of-" + node,
                session,
                node + ".example",
                Map.of("zone", "z" + Math.floorMod(node.hashCode(), 10), "os", "linux"),
                4,
                8L << 30,
                "docker 27.0.1",
                KnitVersion.current(),
                null,
                null,
                revision,
                digest,
                "",
                Features.ALL,
                null,
                "ENGINE:" + node,
                null,
                Speaks.OURS);
    }

    private void welcomed(HeartbeatReply reply) {
        if (reply.refusal() != null) {
            throw new IllegalStateException(node + " is refused: " + reply.message());
        }
        cluster = reply.cluster();
        if (reply.fetch()) {
            fetch();
        }
    }

    private void fetch() {
        if (cluster == null) {
            return;
        }
        fetchAgain = fetching;
        if (!fetching) {
            fetching = true;
            pages.clear();
            ask(null, null);
        }
    }

    private void ask(@Nullable String after, @Nullable List<String> blobs) {
        say(
                blobs == null ? 'a' : 'b',
                Subjects.assignments(node),
                new AssignmentsRequest(
                        WireCodec.VERSION,
                        String.valueOf(cluster),
                        node,
                        "identity-of-" + node,
                        after,
                        null,
                        true,
                        blobs,
                        null,
                        null,
                        null));
    }

    private void page(AssignmentsPage page) {
        pages.addAll(page.assignments());
        if (page.more()) {
            ask(pages.get(pages.size() - 1).instance(), null);
            return;
        }
        adopting = page;
        askOrAdopt(page);
    }

    private void specs(SpecsPage page) {
        for (SpecBlob blob : page.specs()) {
            specs.add(blob.blob());
        }
        if (adopting != null) {
            askOrAdopt(adopting);
        }
    }

    private void askOrAdopt(AssignmentsPage page) {
        List<String> missing = pages.stream()
                .map(Assignment::blob)
                .filter(blob -> blob != null && !specs.contains(blob))
                .distinct()
                .limit(AssignmentsRequest.MOST_SPECS)
                .toList();
        if (missing.isEmpty()) {
            adopt(page);
        } else {
            ask(null, missing);
        }
    }

    private void adopt(AssignmentsPage page) {
        fetching = false;
        adopting = null;
        revision = page.revision();
        digest = page.digest();
        Map<String, Order> set = new HashMap<>();
        pages.forEach(each -> set.put(each.instance(), each.order()));
        instances.keySet().retainAll(set.keySet());
        specs.retainAll(pages.stream().map(Assignment::blob).toList());
        set.forEach((instance, order) -> {
            if (instances.put(instance, order) != order) {
                begin(instance, order);
            }
        });
        // as an agent does at once when it holds another set
        beatAt = System.nanoTime();
        if (fetchAgain) {
            fetchAgain = false;
            fetch();
        }
    }

    private void begin(String instance, Order order) {
        if (order == Order.STOP) {
            fleet.afterAStep(() -> status(instance, order, InstanceState.STOPPED));
            return;
        }
        status(instance, order, InstanceState.PREPARING);
        fleet.afterAStep(() -> {
            status(instance, order, InstanceState.STARTING);
            fleet.afterAStep(() -> status(instance, order, InstanceState.RUNNING));
        });
    }

    private void status(String instance, Order order, InstanceState state) {
        if (instances.get(instance) == order) {
            seq = Math.max(seq + 1, System.currentTimeMillis());
            say(
                    's',
                    Subjects.status(node),
                    new StatusReport(
                            WireCodec.VERSION,
                            String.valueOf(cluster),
                            node,
                            "identity-of-" + node,
                            List.of(new InstanceStatus(instance, seq, state, "", 0, false))));
        }
    }
}
