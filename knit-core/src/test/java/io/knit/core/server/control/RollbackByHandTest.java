package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.api.model.OnFailure;
import io.knit.api.model.Rollout;
import io.knit.api.model.Rollout.Phase;
import io.knit.api.model.Update;
import io.knit.core.server.command.Commands;
import io.knit.core.server.command.Policy;
import io.knit.core.server.rehearsal.Rehearsal;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.Revision;
import io.knit.core.wire.Features;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Where a person's rollback goes, and how. */
class RollbackByHandTest {
    private static final Command<?> BACK = new Command.Rollback("web", null, null);

    /** Images whose containers end as soon as they are started. */
    private final Set<String> broken = new HashSet<>();

    /** Nodes on which nothing becomes healthy. */
    private final Set<String> slow = new HashSet<>();

    private final PureCluster cluster = new PureCluster(this::says, () -> {});

    private @Nullable Observed says(Instance instance, Instant now) {
        if (slow.contains(instance.node())) {
            return instance.observed().state() == null
                    ? new Observed(InstanceState.RUNNING, "", 0, false, 1, now, Health.STARTING, Instant.EPOCH)
                    : null;
        }
        String image = Objects.requireNonNull(cluster.state().revision("web", instance.revision()))
                .spec()
                .image();
        return !broken.contains(image)
                ? PureCluster.RUNS.of(instance, now)
                : instance.observed().state() == null
                        ? new Observed(InstanceState.RUNNING, "broke", 0, true, 1, now).healthySince(Instant.EPOCH)
                        : null;
    }

    @BeforeEach
    void nodes() {
        for (String id : List.of("n1", "n2", "n3")) {
            Node one = node(id, Map.of());
            cluster.join(one.with(able(one.facts(), Features.ALL)));
        }
    }

    private void deploy(String image, OnFailure onFailure) {
        deploy(image, onFailure, 2);
    }

    private void deploy(String image, OnFailure onFailure, int replicas) {
        cluster.run(new Command.Deploy(DeploymentSpec.builder("web", image)
                .replicas(replicas)
                .update(Update.DEFAULT.withFailures(onFailure, 0))
                .build()));
        cluster.settle();
    }

    private void deployThatReads(String image) {
        cluster.run(new Command.SetValue(Value.Kind.VAR, "OLD", Value.Content.of("x")));
        cluster.run(new Command.Deploy(DeploymentSpec.builder("web", image)
                .replicas(2)
                .template("/a", "{{ var('OLD') }}")
                .build()));
        cluster.settle();
    }

    /** The rollout as it begins: much follows in the same moment. */
    private Deployment back(@Nullable Integer number) {
        List<Change> changes = Commands.decide(
                        new Command.Rollback("web", number, null), Caller.PROGRAM, cluster.state(), cluster.now())
                .changes();
        cluster.put(changes);
        return changes.stream()
                .filter(Change.PutDeployment.class::isInstance)
                .map(it -> ((Change.PutDeployment) it).deployment())
                .findFirst()
                .orElseThrow();
    }

    private String image() {
        return cluster.deployment("web").spec().image();
    }

    private Rollout rollout() {
        return cluster.deployment("web").rollout();
    }

    private KnitException refused(Command<?> command) {
        KnitException[] refused = new KnitException[1];
        assertThatThrownBy(() -> cluster.run(command))
                .isInstanceOfSatisfying(KnitException.class, it -> refused[0] = it);
        return refused[0];
    }

    @Test
    @DisplayName("after a rollback that Knit made itself it goes further back, and not to what failed")
    void notToWhatFailed() {
        deploy("web:1", OnFailure.ROLLBACK);
        deploy("web:2", OnFailure.ROLLBACK);
        broken.add("web:3");
        deploy("web:3", OnFailure.ROLLBACK);
        assertThat(image()).isEqualTo("web:2");
        assertThat(cluster.deployment("web").revision()).isEqualTo(4);
        Rollout begun = back(null).rollout();

        assertThat(image()).isEqualTo("web:1");
        assertThat(begun.phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(begun.reason()).endsWith(" went back to revision 1");
    }

    @Test
    @DisplayName("where there is nothing but what failed it says so, and changes nothing")
    void nothingButWhatFailed() {
        deploy("web:1", OnFailure.ROLLBACK);
        broken.add("web:2");
        deploy("web:2", OnFailure.ROLLBACK);
        cluster.run(new Command.Scale("web", 3, null));
        cluster.settle();
        KnitException refused = refused(BACK);

        assertThat(refused.code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused)
                .hasMessageContaining("web has revision 4")
                .hasMessageContaining("went back from what failed by itself")
                .hasMessageContaining("(1, 2, 3)");
        assertThat(image()).isEqualTo("web:1");
    }

    @Test
    @DisplayName("while a revision does not work it goes to the newest that did, over others that did not")
    void overWhatNeverWorked() {
        deploy("web:1", OnFailure.PAUSE);
        broken.addAll(Set.of("web:2", "web:3"));
        deploy("web:2", OnFailure.PAUSE);
        deploy("web:3", OnFailure.PAUSE);
        back(null);
        cluster.settle();

        assertThat(image()).isEqualTo("web:1");
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(rollout().reason()).endsWith(" went back to revision 1");
    }

    @Test
    @DisplayName(
            "to a revision that is not known to have been healthy it goes as to any other: in turns, and back where it fails")
    void judged() {
        deploy("web:1", OnFailure.ROLLBACK);
        broken.add("web:2");
        deploy("web:2", OnFailure.ROLLBACK);
        Deployment begun = back(2);
        assertThat(begun.spec().image()).isEqualTo("web:2");
        assertThat(begun.rollout().phase()).isEqualTo(Phase.MOVING);
        assertThat(begun.rollout().hasFailed()).isFalse();
        cluster.settle();

        assertThat(image()).isEqualTo("web:1");
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(rollout().reason()).contains("revision 4 failed", "went back to revision 3");
    }

    @Test
    @DisplayName(
            "what can't be made any more, as it reads what was removed since, is passed over, and is no reason to refuse")
    void overWhatIsLost() {
        deployThatReads("web:1");
        deploy("web:2", OnFailure.PAUSE);
        cluster.run(new Command.RemoveValue(Value.Kind.VAR, "OLD"));
        broken.add("web:3");
        deploy("web:3", OnFailure.PAUSE);
        Policy.check(BACK, Caller.PROGRAM, cluster.state());
        assertThat(Rehearsal.of(cluster.state(), BACK, Caller.PROGRAM, cluster.now())
                        .command())
                .isEqualTo("roll back web to revision 2");
        Rollout begun = back(null).rollout();

        assertThat(image()).isEqualTo("web:2");
        assertThat(begun.phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(refused(new Command.Rollback("web", 1, null)).code())
                .as("one that is named")
                .isEqualTo(ErrorCode.INVALID_VALUE);
    }

    @Test
    @DisplayName(
            "one of which the present one would be made again, as of what it read nothing but the newest is kept, is passed over, and is no way back")
    void overWhatOnlyReadOlderContents() {
        deployThatReads("web:1");
        deployThatReads("web:2");
        cluster.run(new Command.SetValue(Value.Kind.VAR, "OLD", Value.Content.of("y")));
        cluster.settle();
        assertThat(cluster.state().values().older()).isEmpty();
        assertThat(cluster.deployment("web").revision()).isEqualTo(3);
        assertThat(Rehearsal.of(cluster.state(), BACK, Caller.PROGRAM, cluster.now())
                        .command())
                .isEqualTo("roll back web to revision 1");
        Rollout begun = back(null).rollout();
        assertThat(image()).isEqualTo("web:1");
        assertThat(begun.phase()).as("which was never tried with that").isEqualTo(Phase.MOVING);
    }

    @Test
    @DisplayName("where there is nothing but that it says so")
    void nothingButOlderContents() {
        deployThatReads("web:1");
        cluster.run(new Command.SetValue(Value.Kind.VAR, "OLD", Value.Content.of("y")));
        cluster.settle();
        KnitException refused = refused(BACK);

        assertThat(refused.code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused).hasMessageContaining("with what is kept of what they read those differ");
        assertThat(cluster.deployment("web").revision()).isEqualTo(2);
    }

    @Test
    @DisplayName("where only what never worked could be had it is refused, and says what is missing of what did")
    void nothingButWhatIsLost() {
        deployThatReads("web:1");
        broken.add("web:2");
        deploy("web:2", OnFailure.PAUSE);
        deploy("web:3", OnFailure.PAUSE);
        cluster.run(new Command.RemoveValue(Value.Kind.VAR, "OLD"));
        KnitException refused = refused(BACK);

        assertThat(refused.code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(refused)
                .hasMessageContaining("revision 1 reads what is not there any more")
                .hasMessageContaining("there is no variable \"OLD\"");
        assertThat(image()).isEqualTo("web:3");
    }

    @Test
    @DisplayName("what was deployed while there was nothing of it does not count as healthy, and is not gone back to")
    void notToWhatNeverRan() {
        deploy("web:1", OnFailure.PAUSE);
        cluster.run(new Command.Scale("web", 0, null));
        cluster.settle();
        assertThat(rollout().healthy()).isEqualTo(1);
        broken.addAll(Set.of("web:2", "web:3"));
        deploy("web:2", OnFailure.PAUSE, 0);
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        assertThat(Objects.requireNonNull(cluster.state().revision("web", 3)).wasHealthy())
                .isFalse();
        cluster.run(new Command.Scale("web", 2, null));
        cluster.settle();
        deploy("web:3", OnFailure.PAUSE);
        Rollout begun = back(null).rollout();

        assertThat(image()).isEqualTo("web:1");
        assertThat(begun.phase()).isEqualTo(Phase.ROLLING_BACK);
    }

    @Test
    @DisplayName("once there are slots of it, it is judged: it fails, and Knit goes back by itself")
    void judgedOnceThereAreSlots() {
        deploy("web:1", OnFailure.ROLLBACK);
        cluster.run(new Command.Scale("web", 0, null));
        cluster.settle();
        broken.add("web:2");
        deploy("web:2", OnFailure.ROLLBACK, 0);
        Rollout done = rollout();
        assertThat(done.phase()).isEqualTo(Phase.DONE);
        cluster.away(Duration.ofMinutes(30));
        assertThat(rollout()).as("as long as there are none").isEqualTo(done);
        cluster.run(new Command.Scale("web", 2, null));
        cluster.settle();
        assertThat(image()).isEqualTo("web:1");
        assertThat(cluster.deployment("web").spec().replicas()).isEqualTo(2);
        assertThat(rollout().reason()).startsWith("revision 4 failed: web-0-").endsWith("went back to revision 1");
    }

    @Test
    @DisplayName("so is a first one, also for not coming up, by when there were slots")
    void firstJudgedOnceThereAreSlots() {
        broken.add("web:1");
        deploy("web:1", OnFailure.PAUSE, 0);
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        cluster.run(new Command.Scale("web", 1, null));
        cluster.settle();
        assertThat(rollout().hasFailed()).isTrue();
        assertThat(rollout().reason()).startsWith("revision 2 failed: web-0-");
    }

    @Test
    @DisplayName("and of a global one that fitted no node, once one joins; its canaries are all that it has")
    void globalJudgedOnceThereAreSlots() {
        DeploymentSpecBuilder all = DeploymentSpec.builder("web", "web:1")
                .mode(Mode.GLOBAL)
                .nodeSelector("disk", "tape")
                .update(Update.DEFAULT.withCanary(1, false));
        cluster.run(new Command.Deploy(all.build()));
        cluster.run(new Command.Deploy(all.env("A", "2").build()));
        cluster.settle();
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        slow.add("n4");
        for (String id : List.of("n4", "n5")) {
            Node one = node(id, Map.of("disk", "tape"));
            cluster.join(one.with(able(one.facts(), Features.ALL)));
        }
        cluster.goTo(cluster.now().plusSeconds(60));
        assertThat(cluster.instances("web")).hasSize(2).anyMatch(Instance::isHealthy);
        assertThat(rollout().phase()).isEqualTo(Phase.MOVING);
        cluster.settle();
        assertThat(rollout().phase()).isEqualTo(Phase.PAUSED);
        assertThat(rollout().reason()).contains(" on n4: it is not healthy after 5m");
    }

    private void deployEverywhere(String image, Update update) {
        cluster.run(new Command.Deploy(DeploymentSpec.builder("web", image)
                .mode(Mode.GLOBAL)
                .update(update)
                .build()));
        cluster.settle();
    }

    private void are(NodeState state, String... nodes) {
        for (String id : nodes) {
            cluster.judge(id, state);
        }
        cluster.settle();
    }

    private void runs(int revision, String... nodes) {
        assertThat(cluster.instances("web").stream()
                        .filter(it -> it.revision() == revision)
                        .map(Instance::node))
                .containsExactlyInAnyOrder(nodes);
    }

    @Test
    @DisplayName("a global one waits to be promoted, though its nodes, or those of the others, were away meanwhile")
    void globalWaitsOverNodesThatAreAway() {
        Update tries = Update.DEFAULT.withCanary(1, false);
        deployEverywhere("web:1", tries);
        deployEverywhere("web:2", tries);
        assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
        for (List<String> away : List.of(List.of("n2", "n3"), List.of("n1", "n2", "n3"))) {
            String[] nodes = away.toArray(String[]::new);
            are(NodeState.DOWN, nodes);
            assertThat(rollout().phase()).as("without %s", away).isEqualTo(Phase.CANARY);
            assertThat(rollout().healthy()).isEqualTo(1);
            are(NodeState.READY, nodes);
            assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
            runs(2, "n1");
            runs(1, "n2", "n3");
        }
        cluster.run(new Command.Promote("web", null));
        cluster.settle();
        runs(2, "n1", "n2", "n3");
        assertThat(rollout().healthy()).isEqualTo(2);
    }

    @Test
    @DisplayName("so does one whose canary stands while the others' nodes are away")
    void globalTriedWhileOthersAreAway() {
        Update tries = Update.DEFAULT.withCanary(1, false);
        deployEverywhere("web:1", tries);
        are(NodeState.DOWN, "n2", "n3");
        deployEverywhere("web:2", tries);
        assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
        are(NodeState.READY, "n2", "n3");
        runs(2, "n1");
        cluster.run(new Command.Promote("web", null));
        cluster.settle();
        runs(2, "n1", "n2", "n3");
    }

    @Test
    @DisplayName("one that was deployed while all nodes were away has its canaries once they are back")
    void globalTriedOnceNodesAreBack() {
        Update tries = Update.DEFAULT.withCanary(1, false);
        deployEverywhere("web:1", tries);
        are(NodeState.DOWN, "n1", "n2", "n3");
        deployEverywhere("web:2", tries);
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
        are(NodeState.READY, "n1", "n2", "n3");
        assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
        runs(2, "n1");
        runs(1, "n2", "n3");
    }

    @Test
    @DisplayName("so has one that goes on over its failures")
    void globalThatGoesOnTriedOnceNodesAreBack() {
        Update tries = Update.DEFAULT.withCanary(1, false).withFailures(OnFailure.CONTINUE, 0);
        deployEverywhere("web:1", tries);
        are(NodeState.DOWN, "n1", "n2", "n3");
        deployEverywhere("web:2", tries);
        are(NodeState.READY, "n1", "n2", "n3");
        assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
        runs(2, "n1");
        runs(1, "n2", "n3");
        are(NodeState.DOWN, "n1", "n2", "n3");
        cluster.run(new Command.Promote("web", null));
        cluster.settle();
        are(NodeState.READY, "n1", "n2", "n3");
        runs(2, "n1", "n2", "n3");
        assertThat(rollout().healthy()).isEqualTo(2);
    }

    @Test
    @DisplayName("one that is promoted stays so, though all nodes are away then, or go away before the last is done")
    void globalStaysPromotedOverNodesThatAreAway() {
        Update tries = Update.DEFAULT.withCanary(1, false);
        deployEverywhere("web:1", tries);
        deployEverywhere("web:2", tries);
        assertThat(rollout().phase()).isEqualTo(Phase.CANARY);
        are(NodeState.DOWN, "n1", "n2", "n3");
        cluster.run(new Command.Promote("web", null));
        cluster.settle();
        are(NodeState.READY, "n1", "n2", "n3");
        runs(2, "n1", "n2", "n3");
        assertThat(rollout().healthy()).isEqualTo(2);

        deployEverywhere("web:3", tries);
        assertThat(rollout().phase()).as("of the next revision").isEqualTo(Phase.CANARY);
        cluster.instances("web").forEach(it -> cluster.slow.add(it.id()));
        cluster.run(new Command.Promote("web", null));
        assertThat(rollout().phase()).isEqualTo(Phase.MOVING);
        are(NodeState.DOWN, "n1", "n2", "n3");
        cluster.slow.clear();
        are(NodeState.READY, "n1", "n2", "n3");
        runs(3, "n1", "n2", "n3");
        assertThat(rollout().healthy()).isEqualTo(3);
    }

    @Test
    @DisplayName("one that was paused by hand is not done while its nodes are away, and is judged once it goes on")
    void globalPausedByHandOverNodesThatAreAway() {
        Update back = Update.DEFAULT.withFailures(OnFailure.ROLLBACK, 0);
        deployEverywhere("web:1", back);
        cluster.run(new Command.Pause("web", null));
        deployEverywhere("web:2", back);
        Node fourth = node("n4", Map.of());
        cluster.join(fourth.with(able(fourth.facts(), Features.ALL)));
        cluster.settle();
        runs(2, "n4");
        for (List<String> away : List.of(List.of("n1", "n2", "n3"), List.of("n1", "n2", "n3", "n4"))) {
            String[] nodes = away.toArray(String[]::new);
            are(NodeState.DOWN, nodes);
            assertThat(rollout().phase()).as("without %s", away).isEqualTo(Phase.MOVING);
            assertThat(rollout().healthy()).isEqualTo(1);
            are(NodeState.READY, nodes);
            runs(1, "n1", "n2", "n3");
            runs(2, "n4");
        }
        broken.add("web:2");
        cluster.run(new Command.Resume("web", null));
        cluster.settle();
        assertThat(image()).isEqualTo("web:1");
        assertThat(rollout().reason()).contains("revision 2 failed");
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
    }

    @Test
    @DisplayName("one that failed stays paused, whichever of its nodes were away and whichever is back first")
    void globalStaysPausedOverNodesThatAreAway() {
        Update stops = Update.DEFAULT.withFailures(OnFailure.PAUSE, 0);
        deployEverywhere("web:1", stops);
        broken.add("web:2");
        deployEverywhere("web:2", stops);
        Rollout paused = rollout();
        assertThat(paused.phase()).isEqualTo(Phase.PAUSED);
        are(NodeState.DOWN, "n1", "n2", "n3");
        assertThat(rollout()).isEqualTo(paused);
        are(NodeState.READY, "n2", "n3");
        assertThat(rollout()).isEqualTo(paused);
        runs(2, "n1");
        runs(1, "n1", "n2", "n3");
        are(NodeState.READY, "n1");
        assertThat(rollout()).isEqualTo(paused);
    }

    @Test
    @DisplayName("what was healthy before there were no slots is not judged anew when there are again")
    void notJudgedAnew() {
        deploy("web:1", OnFailure.ROLLBACK);
        deploy("web:2", OnFailure.ROLLBACK);
        back(null);
        cluster.run(new Command.Scale("web", 0, null));
        cluster.settle();
        broken.add("web:1");
        cluster.run(new Command.Scale("web", 2, null));
        cluster.settle();
        assertThat(image()).isEqualTo("web:1");
        assertThat(rollout().phase()).isEqualTo(Phase.DONE);
    }

    @Test
    @DisplayName("nor does Knit go back to it by itself; once it runs in each slot it counts")
    void notByItselfToWhatNeverRan() {
        deploy("web:1", OnFailure.ROLLBACK);
        cluster.run(new Command.Scale("web", 0, null));
        cluster.settle();
        broken.addAll(Set.of("web:2", "web:3"));
        deploy("web:2", OnFailure.ROLLBACK, 0);
        cluster.run(new Command.Scale("web", 2, null));
        cluster.settle();
        deploy("web:3", OnFailure.ROLLBACK);
        assertThat(image()).isEqualTo("web:1");
        cluster.run(new Command.Scale("web", 0, null));
        cluster.settle();
        deploy("web:4", OnFailure.ROLLBACK, 0);
        cluster.run(new Command.Scale("web", 2, null));
        cluster.settle();
        assertThat(rollout().healthy()).isEqualTo(cluster.deployment("web").revision());
    }

    @Test
    @DisplayName("where none was healthy it goes to the one before, judged as any other")
    void noneWasHealthy() {
        broken.addAll(Set.of("web:1", "web:2"));
        deploy("web:1", OnFailure.ROLLBACK);
        deploy("web:2", OnFailure.ROLLBACK);
        Rollout begun = back(null).rollout();

        assertThat(image()).isEqualTo("web:1");
        assertThat(begun.phase()).isEqualTo(Phase.MOVING);
    }

    @Test
    @DisplayName("how many there are stays, with and without a number, and a revision that only scaled is passed over")
    void replicasStay() {
        deploy("web:1", OnFailure.ROLLBACK, 1);
        deploy("web:2", OnFailure.ROLLBACK, 1);
        cluster.run(new Command.Scale("web", 4, null));
        cluster.settle();
        assertThat(Rehearsal.of(cluster.state(), BACK, Caller.PROGRAM, cluster.now())
                        .command())
                .isEqualTo("roll back web to revision 1");
        back(null);
        cluster.settle();
        assertThat(image()).isEqualTo("web:1");
        assertThat(cluster.deployment("web").spec().replicas()).isEqualTo(4);
        assertThat(rollout().reason()).endsWith(" went back to revision 1, with the present replicas, 4");

        back(2);
        cluster.settle();
        assertThat(image()).isEqualTo("web:2");
        assertThat(cluster.deployment("web").spec().replicas()).isEqualTo(4);
        assertThat(rollout().reason()).as("it was healthy, with fewer").contains("went back to revision 2");
    }

    @Test
    @DisplayName("a restart is no way back, and leaves the one before it: what is older is meant")
    void overARestart() {
        deploy("web:1", OnFailure.ROLLBACK);
        deploy("web:2", OnFailure.ROLLBACK);
        cluster.run(new Command.Restart("web", false, null));
        cluster.settle();
        assertThat(cluster.deployment("web").revision()).isEqualTo(3);
        Rollout begun = back(null).rollout();
        assertThat(image()).isEqualTo("web:1");
        assertThat(begun.reason()).endsWith(" went back to revision 1");
        cluster.settle();
        assertThat(back(null).rollout().reason())
                .as("what the restart made was the newest of that")
                .endsWith(" went back to revision 3");
    }

    @Test
    @DisplayName(
            "a restart that pulled another image is gone back from; one that pulled the same is not, but for its pull")
    void overARestartThatPulled() {
        deploy("web:1", OnFailure.ROLLBACK);
        runsImage("sha256:a");
        cluster.run(new Command.Restart("web", true, null));
        cluster.settle();
        runsImage("sha256:a");
        cluster.run(new Command.Restart("web", true, null));
        cluster.settle();
        runsImage("sha256:b");
        assertThat(Rehearsal.of(cluster.state(), BACK, Caller.PROGRAM, cluster.now())
                        .command())
                .isEqualTo("roll back web to revision 2");
        runsImage("sha256:a");
        assertThat(Rehearsal.of(cluster.state(), BACK, Caller.PROGRAM, cluster.now())
                        .command())
                .isEqualTo("roll back web to revision 1");
    }

    private void runsImage(String digest) {
        Deployment web = cluster.deployment("web");
        Revision present = Objects.requireNonNull(cluster.state().revision("web", web.revision()));
        cluster.put(List.of(new Change.PutRevision(present.pinned(digest))));
    }

    @Test
    @DisplayName("where nothing but the number was ever other it says what changes that")
    void onlyScaled() {
        deploy("web:1", OnFailure.ROLLBACK);
        cluster.run(new Command.Scale("web", 3, null));
        cluster.settle();

        assertThat(refused(BACK))
                .hasMessageContaining("differ from it in replicas or by a restart at most")
                .hasMessageContaining("knit scale web");
    }

    @Test
    @DisplayName("a release that did not note what was healthy leaves one that is known, and the others are judged")
    void ofAnOlderRelease() {
        deploy("web:1", OnFailure.ROLLBACK);
        deploy("web:2", OnFailure.ROLLBACK);
        for (int number = 1; number <= 2; number++) {
            Revision it = Objects.requireNonNull(cluster.state().revision("web", number));
            assertThat(it.wasHealthy()).isTrue();
            cluster.put(List.of(new Change.PutRevision(new Revision(
                    it.deployment(),
                    number,
                    it.spec(),
                    it.specHash(),
                    it.blob(),
                    it.createdAt(),
                    it.by(),
                    it.command(),
                    it.reads(),
                    it.digest(),
                    false))));
        }
        broken.add("web:3");
        deploy("web:3", OnFailure.PAUSE);
        Deployment begun = back(null);
        assertThat(begun.spec().image()).isEqualTo("web:2");
        assertThat(begun.rollout().phase()).as("it stands in the rollout").isEqualTo(Phase.ROLLING_BACK);
        cluster.settle();
        assertThat(Objects.requireNonNull(cluster.state().revision("web", 2)).wasHealthy())
                .isTrue();
        assertThat(back(1).rollout().phase()).isEqualTo(Phase.MOVING);
    }

    @Test
    @DisplayName("who may go back is asked of the revision to which it goes")
    void policy() {
        cluster.run(new Command.Deploy(
                DeploymentSpec.builder("web", "web:1").replicas(2).preempt(true).build()));
        cluster.settle();
        deploy("web:2", OnFailure.ROLLBACK);
        broken.add("web:3");
        deploy("web:3", OnFailure.ROLLBACK);
        Caller ci = new Caller("ci", Caller.Role.DEPLOYER, "here");

        assertThatThrownBy(() -> Policy.check(BACK, ci, cluster.state()))
                .isInstanceOfSatisfying(
                        KnitException.class, it -> assertThat(it.code()).isEqualTo(ErrorCode.FORBIDDEN));
        Commands.decide(BACK, ci, cluster.state(), cluster.now());
    }
}
