package io.knit.testkit;

import io.knit.core.wire.AssignmentsPage;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.Heartbeat;
import io.knit.core.wire.HeartbeatReply;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.Speaks;
import io.knit.core.wire.StatusReport;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import io.knit.testkit.transport.InMemoryTransport;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The agent's side of the protocol for one node, saying what the test tells it to: an agent of another release, or a hostile one. */
final class ScriptedAgent {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final InMemoryTransport transport;
    private final String node;

    String identity;

    @Nullable
    String cluster;

    Map<String, String> labels = Map.of();

    @Nullable
    List<String> allows;

    @Nullable
    String meshIp;

    @Nullable
    String meshKey;

    String condition = "";
    String hostname = "host";
    String engine = "fake 1";
    long revision;
    String digest = "";
    long session = 1;

    @Nullable
    List<String> features;

    @Nullable
    Speaks speaks;

    int version = WireCodec.VERSION;

    @Nullable
    String engineId;

    @Nullable
    Integer removed;

    ScriptedAgent(InMemoryTransport transport, String node) {
        this.transport = transport;
        this.node = node;
        this.identity = "identity-of-" + node;
    }

    String identity() {
        return identity;
    }

    Future<HeartbeatReply> beat() {
        Heartbeat beat = new Heartbeat(
                version,
                cluster,
                node,
                identity(),
                session,
                hostname,
                labels,
                4,
                1L << 33,
                engine,
                "0.1.0",
                meshIp,
                meshKey,
                revision,
                digest,
                condition,
                features,
                null,
                engineId,
                removed,
                speaks,
                null,
                null,
                null,
                null,
                allows,
                null,
                null,
                null,
                null,
                null);
        return transport
                .request(Subjects.heartbeat(node), WireCodec.encode(beat), PATIENCE)
                .map(answer -> WireCodec.decode(answer, HeartbeatReply.class));
    }

    Future<AssignmentsPage> fetch() {
        String own = cluster == null ? "" : cluster;
        AssignmentsRequest request = new AssignmentsRequest(WireCodec.VERSION, own, node, identity(), null);
        return transport
                .request(Subjects.assignments(node), WireCodec.encode(request), PATIENCE)
                .map(answer -> WireCodec.decode(answer, AssignmentsPage.class));
    }

    Future<byte[]> report(InstanceStatus... statuses) {
        String own = cluster == null ? "" : cluster;
        StatusReport report = new StatusReport(WireCodec.VERSION, own, node, identity(), List.of(statuses));
        return transport.request(Subjects.status(node), WireCodec.encode(report), PATIENCE);
    }
}
