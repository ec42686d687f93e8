package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.history.Explanation;
import io.knit.api.history.HistoryEntry;
import io.knit.api.history.HistoryQuery;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Why something is where it is, long after the fleet has become another. */
class ChosenThenTest {
    private static final String BOTH = "n2, n3 takes no work now (ready, drained by program from this process)";

    private final SmallFleet fleet = new SmallFleet();

    @BeforeEach
    void threeNodes() {
        fleet.agent("n1", "eu");
        fleet.agent("n2", "eu");
        fleet.agent("n3", "eu");
    }

    private <T> T done(Future<T> future) {
        fleet.run(120);
        return Futures.await(future);
    }

    private List<String> remarks() {
        return done(fleet.server.history(HistoryQuery.NEWEST.of("web"))).stream()
                .map(HistoryEntry::remarks)
                .flatMap(List::stream)
                .toList();
    }

    @Test
    @DisplayName(
            "what others lacked then is told, of the deployment and of the instance, also after a restart of the server")
    void then() {
        done(fleet.server.drainNode("n2"));
        done(fleet.server.drainNode("n3"));
        fleet.deploy(DeploymentSpec.builder("web", "web:1").build());
        fleet.run(30);
        done(fleet.server.activateNode("n2"));
        done(fleet.server.activateNode("n3"));
        fleet.restartServer();

        Instance instance = fleet.instances("web").get(0);
        String chosen = "the only node that fits; " + BOTH;
        Explanation explained = done(fleet.server.explainInstance(instance.id()));
        assertThat(explained.deployment().instances())
                .extracting(Instance::chosen)
                .containsExactly(chosen);
        assertThat(explained.courses().get(0).where())
                .as("beside it, how it is now")
                .startsWith("by the fleet as it is now: ")
                .doesNotContain("drained");
        assertThat(explained.decisions())
                .singleElement()
                .satisfies(deploy ->
                        assertThat(deploy.remarks()).containsExactly(instance.id() + " goes to n1: " + chosen));
    }

    @Test
    @DisplayName("each step of a rollout remembers its own, and the history has no more entries for them")
    void rollout() {
        fleet.deploy(DeploymentSpec.builder("web", "web:1").replicas(6).build());
        fleet.run(30);
        done(fleet.server.drainNode("n2"));
        done(fleet.server.drainNode("n3"));
        int before = done(fleet.server.history(HistoryQuery.NEWEST.of("web"))).size();
        fleet.deploy(DeploymentSpec.builder("web", "web:2").replicas(6).build());
        fleet.run(120);

        assertThat(fleet.instances("web"))
                .hasSize(6)
                .allMatch(
                        it -> it.revision() == 2 && String.valueOf(it.chosen()).endsWith(BOTH));
        assertThat(done(fleet.server.history(HistoryQuery.NEWEST.of("web"))))
                .as("the command and the end of the rollout")
                .hasSize(before + 2);
    }

    @Test
    @DisplayName("of many it is told in the history of ten, and each remembers it")
    void many() {
        fleet.deploy(DeploymentSpec.builder("web", "web:1").replicas(25).build());
        fleet.run(60);

        assertThat(fleet.instances("web")).hasSize(25).allMatch(it -> it.chosen() != null);
        assertThat(remarks().stream().filter(it -> it.contains(" goes to n"))).hasSize(10);
        assertThat(remarks()).anyMatch(it -> it.matches("and [0-9]+ more go to a node"));
    }
}
