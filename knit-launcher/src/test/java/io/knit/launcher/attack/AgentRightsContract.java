package io.knit.launcher.attack;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.InstanceState;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.InstanceStatus;
import io.knit.core.wire.StatusReport;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the agent of n2 tries against the server and n1: all of it in vain, and n1 works on. */
abstract class AgentRightsContract {
    private static final String SECRET = "hush-7f3a91";
    private static final String MINE = "identity-of-the-attacker";

    final Key keyOfOne = Key.make();
    final Key keyOfTwo = Key.make();

    @TempDir
    Path folder;

    private TestCluster cluster;
    private Attacker attacker;

    /** Where the broker is, and who is who there. */
    record Place(Map<String, String> server, String agentsUrl) {}

    /** A broker at which n1 and n2 have the two keys. */
    abstract Place broker() throws IOException;

    abstract void stopBroker() throws InterruptedException;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        keyOfOne.putInto(folder.resolve("n1"));
        Place place = broker();
        cluster = new TestCluster(folder, place.server());
        String url = place.agentsUrl().isEmpty() ? cluster.natsUrl() : place.agentsUrl();
        cluster.joined("n1", Map.of("nats-url", url));
        attacker = Attacker.as("n2", keyOfTwo, url);
        assertThat(attacker.ask(Subjects.heartbeat("n2"), Attacker.heartbeat("n2", MINE)))
                .as("what it may do works")
                .contains("\"cluster\"");
    }

    @AfterEach
    void stop() throws Exception {
        if (attacker != null) {
            attacker.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        stopBroker();
    }

    /** Deploys to n1 what holds secrets, and sees it run. */
    private void workGoesOn() {
        await(cluster.server.deploy(DeploymentSpec.builder("web", "web:1")
                .env("PASSWORD", SECRET)
                .registryAuth("me", SECRET)
                .template("/etc/secret", SECRET)
                .nodeSelector("name", "n1")
                .build()));
        awaitRunning("web");
    }

    private void awaitRunning(String name) {
        Awaitility.await()
                .until(() ->
                        cluster.server.snapshot().deployment(name).orElseThrow().status() == DeploymentStatus.RUNNING);
    }

    private String id() {
        return cluster.server.snapshot().cluster();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "knit.tasks.deploy.node.n1",
                "knit.tasks.deploy.node.n2",
                "knit.tasks.deploy.broadcast",
                "knit.tasks.undeploy.broadcast",
                "knit.tasks.deploy.node",
                "knit.stream.n1.x.up",
                "knit.stream.n1.x.down",
                "knit.stream.n2.x.down",
                "knit.stream.n2.x.y.up",
                "_INBOX.n1.x",
                "_INBOX.n2.x",
                "anything"
            })
    void nobodyButTheServerPublishesTasksAndAnswers(String subject) {
        Task task = new Task(1, id(), Long.MAX_VALUE, "web", List.of(new Task.Placement("web-0", "n1")));
        attacker.publish(subject, null, task);
        attacker.refused("Publish", subject);
        workGoesOn();
    }

    @Test
    void nobodySpeaksOnAnotherNodesSubjects() {
        workGoesOn();
        String identity = cluster.node("n1").identity();
        String instance = cluster.server
                .snapshot()
                .deployment("web")
                .orElseThrow()
                .instances()
                .get(0)
                .id();
        StatusReport forged = new StatusReport(
                1,
                id(),
                "n1",
                identity,
                List.of(new InstanceStatus(instance, Long.MAX_VALUE, InstanceState.FAILED, "forged", 0, false)));
        AssignmentsRequest request = new AssignmentsRequest(1, id(), "n1", identity, null);

        // even where it knows n1's identity
        assertThat(attacker.ask(Subjects.heartbeat("n1"), Attacker.heartbeat("n1", identity)))
                .isNull();
        attacker.refused("Publish", Subjects.heartbeat("n1"));
        assertThat(attacker.ask(Subjects.status("n1"), forged)).isNull();
        attacker.refused("Publish", Subjects.status("n1"));
        assertThat(attacker.ask(Subjects.assignments("n1"), request)).isNull();
        attacker.refused("Publish", Subjects.assignments("n1"));

        // nor on its own subjects in n1's name
        assertThat(attacker.ask(Subjects.heartbeat("n2"), Attacker.heartbeat("n1", identity)))
                .isNull();
        assertThat(attacker.ask(Subjects.status("n2"), forged)).isNull();
        assertThat(attacker.ask(Subjects.assignments("n2"), request)).isNull();
        attacker.allowed();

        assertThat(cluster.node("n1").hostname()).isEqualTo("n1-host");
        awaitRunning("web");
        assertThat(cluster.server
                        .snapshot()
                        .deployment("web")
                        .orElseThrow()
                        .instances()
                        .get(0)
                        .reason())
                .doesNotContain("forged");
    }

    @Test
    void nothingThatAnAgentMayReadHoldsASecret() {
        for (String subject : List.of(
                ">",
                "*",
                "*.>",
                "knit.>",
                "knit.tasks.>",
                "knit.tasks.deploy.node.*",
                "knit.tasks.deploy.node.n1",
                "knit.tasks.deploy.*",
                "knit.agent.heartbeat.*",
                "knit.agent.heartbeat.n1",
                "knit.agent.heartbeat.n2",
                "knit.agent.assignments.n1",
                "knit.task.status.n1",
                "knit.stream.>",
                "knit.stream.*.*.down",
                "knit.stream.n1.*.down",
                "knit.stream.n1.*.up",
                "knit.stream.n2.*.up",
                "knit.stream.n2.>",
                "_INBOX.>",
                "_INBOX.*.>",
                "_INBOX.n1.>",
                "$SYS.>")) {
            attacker.listen(subject);
            attacker.refused("Subscription", subject);
        }
        attacker.listen(Subjects.deployTo("n2"));
        attacker.listen(Subjects.DEPLOY_BROADCAST);
        attacker.listen(Subjects.UNDEPLOY_BROADCAST);
        attacker.listen(Subjects.streamDown("n2", "*"));
        attacker.listen("_INBOX.n2.>");
        attacker.allowed();

        workGoesOn();
        await(cluster.server.deploy(DeploymentSpec.builder("all", "web:1")
                .env("PASSWORD", SECRET)
                .template("/etc/secret", SECRET)
                .build()));
        awaitRunning("all");
        await(cluster.server.undeploy("all"));
        Awaitility.await()
                .until(() -> !attacker.heardOn(Subjects.UNDEPLOY_BROADCAST).isEmpty());
        String answer = attacker.ask(Subjects.assignments("n2"), new AssignmentsRequest(1, id(), "n2", MINE, null));

        assertThat(attacker.heardOn(Subjects.DEPLOY_BROADCAST)).isNotEmpty();
        assertThat(answer).contains("\"assignments\":[]");
        assertThat(attacker.all() + answer)
                .contains("all-0")
                .doesNotContain(SECRET, cluster.node("n1").identity(), "PASSWORD", "web-0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "knit.tasks.deploy.broadcast",
                "knit.tasks.undeploy.broadcast",
                "knit.tasks.deploy.node.n1",
                "knit.agent.heartbeat.n1",
                "_INBOX.n1.x",
                "_INBOX.n22.x",
                "_INBOX.n2",
                "_INBOX.n2..x",
                "anything"
            })
    void theServerDoesNotSpeakInAnAgentsStead(String elsewhere) {
        attacker.listen("_INBOX.n2.>");
        attacker.listen(Subjects.DEPLOY_BROADCAST);
        attacker.listen(Subjects.UNDEPLOY_BROADCAST);
        long before = cluster.server.snapshot().revision();
        attacker.publish(Subjects.heartbeat("n2"), elsewhere, Attacker.heartbeat("n2", MINE));
        attacker.publish(Subjects.heartbeat("n2"), "_INBOX.n2.right", Attacker.heartbeat("n2", MINE));

        // the second one was answered, so the first one has been dealt with
        Awaitility.await().until(() -> !attacker.heardOn("_INBOX.n2.right").isEmpty());
        attacker.flush();
        assertThat(attacker.heardOn(elsewhere)).isEmpty();
        assertThat(attacker.heardOn(Subjects.DEPLOY_BROADCAST)).isEmpty();
        assertThat(attacker.heardOn(Subjects.UNDEPLOY_BROADCAST)).isEmpty();
        assertThat(cluster.server.snapshot().revision()).isEqualTo(before);
        workGoesOn();
    }
}
