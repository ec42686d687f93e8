package io.knit.core.server.history;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.KnitEvent;
import io.knit.api.spi.store.HistoryRow;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.WireCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HistoryRowsTest {
    private static final ClusterState AFTER = ClusterState.empty("here").at(7, 0);
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "10.0.0.1");

    private final List<KnitEvent> events = new ArrayList<>();

    @Test
    void aCommandIsARowWithWhoAndWhatAndWithoutSecrets() {
        Cause deploy = Cause.of(
                new Command.Deploy(
                        spec("web").env("PASSWORD", "s3cret").replicas(3).build()),
                ANN);
        List<HistoryRow> rows = rows(deploy);
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).deployment()).isEqualTo("web");
        assertThat(rows.get(0).number()).isEqualTo(70_000);
        assertThat(rows.get(0).at()).isEqualTo(NOW);
        assertThat(rows.get(0).body())
                .isEqualTo("{\"caller\":{\"from\":\"10.0.0.1\",\"name\":\"ann\",\"role\":\"admin\"},"
                        + "\"command\":\"deploy web\",\"commit\":7,\"details\":{\"kind\":\"deploy\",\"deployment\":\"web\","
                        + "\"image\":\"nginx:1.27\",\"replicas\":\"3\"},\"remarks\":[],"
                        + "\"then\":" + WireCodec.encodeText(KeptThen.GONE) + "}");
    }

    @Test
    void whatFollowedInTheSameCommitIsTheCommandsRemark() {
        tell("instance.pending", "web", null, "web-0 is pending: no node has region=eu");
        tell("instance.assigned", "web", null, "web-1 is assigned");
        tell("instance.pending", "other", null, "other-0 is pending: no node fits");
        assertThat(entries(Cause.of(new Command.Undeploy("api"), ANN), deploy("web")))
                .extracting(KeptEntry::command, KeptEntry::remarks)
                .containsExactly(
                        tuple("undeploy api", List.of()),
                        tuple("deploy web", List.of("web-0 is pending: no node has region=eu")));
    }

    @Test
    void whatTheServerDecidesByItselfIsARowOfItsDeployment() {
        tell("node.down", null, "n1", "n1 is down: no heartbeat for 12 s");
        tell("instance.lost", "web", "n1", "web-0 is lost on n1: its node is down");
        tell("instance.lost", "api", "n1", "api-0 is lost on n1: its node is down");
        tell("instance.running", "web", "n2", "web-1 is running on n2");
        List<HistoryRow> rows = rows();
        assertThat(rows).extracting(HistoryRow::deployment).containsExactly("web", "api", "");
        assertThat(rows).extracting(HistoryRow::number).containsExactly(70_000L, 70_001L, 70_002L);
        assertThat(entry(rows.get(2)).remarks()).containsExactly("n1 is down: no heartbeat for 12 s");
        assertThat(entry(rows.get(0)).caller()).isNull();
    }

    @Test
    void aForgottenNodeIsTheRemarkOfWhoForgotIt() {
        tell("node.forgotten", null, "n1", "n1 is forgotten");
        List<KeptEntry> entries = entries(Cause.of(new Command.ForgetNode("n1"), ANN));
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).details())
                .containsEntry("kind", "forget_node")
                .containsEntry("node", "n1");
        assertThat(entries.get(0).remarks()).containsExactly("n1 is forgotten");
    }

    @Test
    void manyRemarksAreCountedAndManyCommitsAreNone() {
        IntStream.range(0, 1_000).forEach(i -> tell("instance.lost", "web", "n1", "web-" + i + " is lost"));
        assertThat(entry(rows().get(0)).remarks())
                .hasSize(HistoryRows.MOST_REMARKS + 1)
                .endsWith("and 980 more");
        events.clear();
        tell("instance.running", "web", "n1", "web-0 is running on n1");
        assertThat(rows()).isEmpty();
    }

    @Test
    void whatWentWrongIsSaid() {
        List<HistoryRow> rows = HistoryRows.of(
                AFTER, NOW, List.of(), List.of(), List.of(new HistoryRows.Trouble("web", "it can't be planned: bug")));
        assertThat(entry(rows.get(0)).remarks()).containsExactly("it can't be planned: bug");
    }

    @Test
    void aRoleOfALaterReleaseCostsNotTheEntry() {
        assertThat(new KeptEntry.Who("bob", "auditor", "here").caller().role()).isEqualTo(Caller.Role.VIEWER);
    }

    private static Cause deploy(String name) {
        return Cause.of(new Command.Deploy(spec(name).build()), ANN);
    }

    private void tell(String type, @Nullable String deployment, @Nullable String node, String message) {
        events.add(new KnitEvent(events.size() + 1, NOW, type, deployment, null, node, message));
    }

    private List<HistoryRow> rows(Cause... causes) {
        return HistoryRows.of(AFTER, NOW, List.of(causes), events, List.of());
    }

    private List<KeptEntry> entries(Cause... causes) {
        return rows(causes).stream().map(HistoryRowsTest::entry).toList();
    }

    private static KeptEntry entry(HistoryRow row) {
        return WireCodec.decodeText(row.body(), KeptEntry.class);
    }
}
