package io.knit.core.server.documents.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.api.model.Preparation;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.core.server.documents.StateReading;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.Sealing;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.WireCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Documents of older forms are read as what they meant. */
class GoldenUpgradeTest {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");
    private static final Instant AT = Instant.ofEpochMilli(1_767_225_600_000L);
    private static final String META = "{\"cluster\":\"c\",\"revision\":1,\"last_event\":0}";

    private static String text(String file) throws IOException {
        return Files.readString(GOLDEN.resolve(file));
    }

    /** The state that a store of form 1 with this document holds. */
    private static ClusterState loaded(String table, String key, String body) {
        return loaded(new StateReading(Upgrades.KNOWN, 1), table, key, body);
    }

    private static ClusterState loaded(StateReading reading, String table, String key, String body) {
        reading.take(new StoredDocument(table, key, body));
        reading.take(new StoredDocument("meta", "meta", META));
        assertThat(reading.form()).isEqualTo(1);
        return reading.finish().orElseThrow().state();
    }

    private static Instance instance(String body) {
        return Objects.requireNonNull(loaded("instance", "web-0-abc", body).instance("web-0-abc"));
    }

    private static String in(String state, String order) throws IOException {
        ObjectNode body = WireCodec.parse(text("1/Instance.json"));
        return body.put("state", state).put("order", order).toString();
    }

    @Test
    @DisplayName("an instance of form 1 is what it was: what its agent said is the agent's, the rest is the server's")
    void instanceOfFormOne() throws IOException {
        Instance read = instance(text("1/Instance.json"));
        assertThat(read.state()).isEqualTo(InstanceState.REJECTED);
        assertThat(read.reason()).isEqualTo("no room");
        assertThat(read.changedAt()).isEqualTo(AT.plusSeconds(5));
        assertThat(read.createdAt()).isEqualTo(AT);
        assertThat(read.attempt()).isEqualTo(3);
        assertThat(read.avoid()).containsExactly("n2", "n3");
        assertThat(read.ports()).hasSize(1);
        assertThat(read.observed())
                .isEqualTo(new Observed(
                        InstanceState.REJECTED,
                        "no room",
                        2,
                        true,
                        AT.plusMillis(2).toEpochMilli(),
                        AT.plusSeconds(5)));
    }

    @Test
    @DisplayName("each state of form 1 is the same state, with its reason and since when it is")
    void eachState() throws IOException {
        for (InstanceState state : InstanceState.values()) {
            // none is stored as completed
            if (state == InstanceState.PENDING || state == InstanceState.COMPLETED) {
                continue;
            }
            for (Order order : Order.values()) {
                boolean never = (order == Order.RUN && state == InstanceState.STOPPING)
                        || (order == Order.STOP && !state.isEnd() && state != InstanceState.STOPPING);
                if (!never) {
                    Instance read = instance(in(state.name(), order.name()));
                    assertThat(read.state())
                            .as("%s, ordered to %s", state, order)
                            .isEqualTo(state);
                    assertThat(read.reason())
                            .as("%s, ordered to %s", state, order)
                            .isEqualTo("no room");
                    assertThat(read.changedAt()).isEqualTo(AT.plusSeconds(5));
                    assertThat(read.restarts()).isEqualTo(2);
                    assertThat(read.statusSeq()).isEqualTo(AT.plusMillis(2).toEpochMilli());
                }
            }
        }
    }

    @Test
    @DisplayName("an instance that waits is what it was")
    void pending() throws IOException {
        ClusterState first = loaded("instance", "web-2-ghi", text("1/Instance-pending.json"));
        Instance read = Objects.requireNonNull(first.instance("web-2-ghi"));
        assertThat(read.state()).isEqualTo(InstanceState.PENDING);
        assertThat(read.reason()).isEqualTo("no node fits");
        assertThat(read.observed()).isEqualTo(Observed.NOTHING);

        ClusterState second = loaded("instance", "web-2-ghi", text("2/Instance.json"));
        Instance prepared = Objects.requireNonNull(second.instance("web-2-ghi"));
        assertThat(prepared.preparation()).isEqualTo(new Preparation("n1", true));
        assertThat(prepared.tried()).isEqualTo("n2 could not take it");
        assertThat(prepared.changedAt()).isEqualTo(AT.plusSeconds(5));
    }

    @Test
    @DisplayName("what the nodes of 0.1.0 had said stood in the reason before the refusal, and is remembered as that")
    void tried() throws IOException {
        ObjectNode body = WireCodec.parse(text("1/Instance-pending.json"));
        body.put("attempt", 2).put("reason", "n1 could not take it: no | room | no node fits");
        Instance read = Objects.requireNonNull(
                loaded("instance", "web-2-ghi", body.toString()).instance("web-2-ghi"));
        assertThat(read.tried()).isEqualTo("n1 could not take it: no | room");
        assertThat(read.attempt()).isEqualTo(2);
    }

    @Test
    @DisplayName("a node of form 1 is what it was, and nobody wished anything of it")
    void node() throws IOException {
        for (String file : List.of("1/Node.json", "2/Node.json")) {
            Node read = Objects.requireNonNull(loaded("node", "n1", text(file)).node("n1"));
            assertThat(read.identity()).isEqualTo("identity word");
            assertThat(read.key()).isEqualTo("UKEY");
            assertThat(read.wish()).isEqualTo(NodeWish.NONE);
            assertThat(read.labels()).isEqualTo(Map.of("region", "eu"));
            assertThat(read.hostname()).isEqualTo("host-1");
            assertThat(read.capacity().cpus()).isEqualTo(4);
            assertThat(read.engineVersion()).isEqualTo("docker 20.10.24");
            assertThat(read.agentVersion()).isEqualTo("0.1.0");
            assertThat(read.meshIp()).isEqualTo("10.0.0.1");
            assertThat(read.meshKey()).isEqualTo("mesh key");
            assertThat(read.condition()).isEqualTo("the engine does not answer");
            assertThat(read.state()).isEqualTo(NodeState.DOWN);
            assertThat(read.reason()).isEqualTo("no heartbeat for 12 s");
            assertThat(read.changedAt()).isEqualTo(AT);
            assertThat(read.features()).isEqualTo(file.startsWith("1") ? List.of() : List.of("prepare", "wait"));
        }
    }

    @Test
    @DisplayName("a deployment and a revision of form 1 have the spec and the hash that they had, and name it")
    void specs() throws IOException {
        for (String form : List.of("1", "2")) {
            DeploymentSpec spec = WireCodec.decodeText(text(form + "/DeploymentSpec.json"), DeploymentSpec.class);
            StateReading reading = new StateReading(Upgrades.KNOWN, 1);
            Deployment deployment =
                    Objects.requireNonNull(loaded(reading, "deployment", "web", text(form + "/Deployment.json"))
                            .deployment("web"));
            assertThat(deployment.spec()).isEqualTo(spec);
            assertThat(deployment.revision()).isEqualTo(2);
            assertThat(deployment.createdAt()).isEqualTo(AT);
            String blob = SpecBlob.of(spec).blob();
            assertThat(reading.mended()).noneMatch(write -> write.table().equals("spec"));
            // it has a password, and there is no key
            assertThat(reading.sealed(Sealing.NONE))
                    .filteredOn(write -> write.table().equals("spec"))
                    .extracting(StoreWrite::key)
                    .containsExactly(blob);

            String body = text(form + "/Revision.json");
            Revision revision = Objects.requireNonNull(
                    loaded("revision", "web/000000002", body).revision("web", 2));
            assertThat(revision.spec()).isEqualTo(spec);
            assertThat(revision.specHash())
                    .isEqualTo(WireCodec.parse(body).path("spec_hash").asText());
            assertThat(revision.blob()).isEqualTo(blob);
        }
    }
}
