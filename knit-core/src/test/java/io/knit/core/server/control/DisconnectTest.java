package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.DisconnectSpec.Reconcile;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.server.state.Change;
import io.knit.core.template.TemplateEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a slot whose node is not heard, and when it is back. */
class DisconnectTest {
    private static final Duration FIVE = Duration.ofMinutes(5);

    /** Whether what is started does not come to run yet. */
    private boolean hangs;

    private final PureCluster cluster =
            new PureCluster((it, now) -> hangs ? null : PureCluster.RUNS.of(it, now), this::count);
    /** Fewest that worked at once, since it was set. */
    private int fewest;

    private void count() {
        fewest = Math.min(fewest, working().size());
    }

    private Instance deployed(@Nullable Duration replaceAfter, Reconcile reconcile) {
        cluster.join(node("n1", Map.of()));
        cluster.join(node("n2", Map.of()));
        cluster.run(new Command.Deploy(DeploymentSpec.builder("web", "web:1")
                .disconnect(new DisconnectSpec(replaceAfter, null, reconcile))
                .build()));
        cluster.settle();
        return only();
    }

    private Instance only() {
        assertThat(cluster.instances("web")).hasSize(1);
        return cluster.instances("web").get(0);
    }

    private List<String> ids() {
        return cluster.instances("web").stream().map(Instance::id).toList();
    }

    private static String home(Instance instance) {
        return Objects.requireNonNull(instance.node());
    }

    private Instance replacement(Instance original) {
        return cluster.instances("web").stream()
                .filter(it -> !it.id().equals(original.id()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("the example of docs/spec.md is taken, and waits as it says")
    void example() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "spec.md"));
        String section = page.substring(page.indexOf("## Disconnect"));
        int begin = section.indexOf("```json") + 7;
        String json = section.substring(begin, section.indexOf("```", begin));
        DeploymentSpec spec =
                new Admission(new TemplateEngine()).admit(SpecReader.read(json.getBytes(StandardCharsets.UTF_8)));
        Node plain = node("n1", Map.of());
        NodeFacts able =
                new NodeFacts("n1", Map.of(), plain.capacity(), "", "", null, null, "", List.of("disconnect", "stop"));
        cluster.join(plain.with(able));
        cluster.run(new Command.Deploy(spec));
        cluster.settle();
        Instance first = cluster.instances(spec.name()).get(0);
        assertThat(first.isHealthy()).isTrue();
        Instant silent = cluster.state().served();
        cluster.silence("n1");
        assertThat(cluster.goOn()).isTrue();
        assertThat(cluster.state().served()).isEqualTo(silent.plus(FIVE));
        assertThat(cluster.state().instance(first.id()))
                .extracting(Instance::state)
                .isEqualTo(InstanceState.LOST);
    }

    @Test
    @DisplayName("agents that do not know stop_after get none of it, in words")
    void oldAgent() {
        cluster.join(node("n1", Map.of()));
        cluster.run(new Command.Deploy(DeploymentSpec.builder("web", "web:1")
                .disconnect(new DisconnectSpec(null, FIVE, Reconcile.NEWEST_HEALTHY))
                .build()));
        cluster.settle();
        assertThat(only().state()).isEqualTo(InstanceState.PENDING);
        assertThat(String.valueOf(cluster.state().waits())).contains("disconnect");
    }

    @Test
    @DisplayName("unless it says otherwise it is replaced as soon as its node is down")
    void atOnce() {
        Instance original = deployed(null, Reconcile.NEWEST_HEALTHY);
        cluster.silence(home(original));
        assertThat(replacement(original).isHealthy()).isTrue();
    }

    @Test
    @DisplayName(
            "it counts as it was seen last until its node was silent for replace_after, and is replaced at that moment")
    void later() {
        Instance original = deployed(FIVE, Reconcile.NEWEST_HEALTHY);
        Instant silent = cluster.state().served();
        cluster.silence(home(original));
        assertThat(only().isHealthy()).isTrue();
        assertThat(cluster.goOn()).isTrue();
        assertThat(cluster.state().served()).isEqualTo(silent.plus(FIVE));
        assertThat(replacement(original).isHealthy()).isTrue();
        assertThat(ids()).hasSize(2);
    }

    @Test
    @DisplayName("one that is back before is as if nothing had been")
    void backInTime() {
        Instance original = deployed(FIVE, Reconcile.NEWEST_HEALTHY);
        cluster.silence(home(original));
        cluster.pass(FIVE.minusSeconds(1));
        cluster.judge(home(original), NodeState.READY);
        cluster.settle();
        assertThat(only()).isEqualTo(original);
    }

    @Test
    @DisplayName("a revision, and fewer replicas, do not wait for a node that is waited for")
    void newRevision() {
        Instance original = deployed(FIVE, Reconcile.NEWEST_HEALTHY);
        cluster.silence(home(original));
        cluster.run(new Command.Deploy(DeploymentSpec.builder("web", "web:2").build()));
        cluster.settle();
        assertThat(replacement(original).isHealthy()).isTrue();
        assertThat(replacement(original).revision()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Reconcile.class)
    @DisplayName("of two that work one stays: the newest, or the one that was there first")
    void bothWork(Reconcile reconcile) {
        Instance original = deployed(null, reconcile);
        cluster.silence(home(original));
        Instance second = replacement(original);
        cluster.judge(home(original), NodeState.READY);
        cluster.settle();
        assertThat(only().id()).isEqualTo(reconcile == Reconcile.KEEP_ORIGINAL ? original.id() : second.id());
        assertThat(only().isHealthy()).isTrue();
    }

    @Test
    @DisplayName("keep_original: one that does not work when it is back goes, and at no time does none work")
    void originalFails() {
        Instance original = deployed(null, Reconcile.KEEP_ORIGINAL);
        cluster.silence(home(original));
        Instance second = replacement(original);
        back(original, new Observed(InstanceState.RUNNING, "ended", 1, true, 2, cluster.now()));
        cluster.settle();
        assertThat(only().id()).isEqualTo(second.id());
    }

    /** Its node is back, and says this of it. */
    private void back(Instance original, Observed said) {
        NodeJudgement ready = new NodeJudgement(NodeState.READY, "", cluster.now(), List.of());
        cluster.put(
                List.of(new Change.PutJudgement(home(original), ready), new Change.PutInstance(original.with(said))));
    }

    @Test
    @DisplayName("keep_original: one that is being started when it is back has time, and the other works until it does")
    void originalStarts() {
        Instance original = deployed(null, Reconcile.KEEP_ORIGINAL);
        cluster.silence(home(original));
        Instance second = replacement(original);
        Observed starts =
                new Observed(InstanceState.STARTING, "", 0, false, 2, cluster.now()).healthySince(Instant.EPOCH);
        back(original, starts);
        cluster.pass(Duration.ofMinutes(1));
        cluster.judge(home(original), NodeState.READY);
        assertThat(ids()).containsExactlyInAnyOrder(original.id(), second.id());
        Observed runs = new Observed(InstanceState.RUNNING, "", 0, false, 3, cluster.now());
        cluster.put(List.of(new Change.PutObserved(
                original.id(), runs.healthySince(cluster.state().served()))));
        cluster.settle();
        assertThat(only().id()).isEqualTo(original.id());
    }

    @Test
    @DisplayName("keep_original: what was lost twice is not kept twice")
    void lostTwice() {
        Instance original = deployed(null, Reconcile.KEEP_ORIGINAL);
        cluster.join(node("n3", Map.of()));
        cluster.silence(home(original));
        Instance second = replacement(original);
        cluster.silence(home(second));
        cluster.judge(home(second), NodeState.READY);
        cluster.settle();
        assertThat(ids()).hasSize(2).contains(original.id()).doesNotContain(second.id());
        cluster.judge(home(original), NodeState.READY);
        cluster.settle();
        assertThat(only().id()).isEqualTo(original.id());
    }

    @Test
    @DisplayName("start_first: one that is back while its successor waits works until that one does")
    void successorWaits() {
        Instance original = deployed(null, Reconcile.NEWEST_HEALTHY);
        hangs = true;
        cluster.silence(home(original));
        Instance second = replacement(original);
        cluster.slow.add(second.id());
        cluster.run(new Command.Deploy(DeploymentSpec.builder("web", "web:2")
                .update(Update.DEFAULT.withOrder(UpdateOrder.START_FIRST))
                .build()));
        Instance third = waiting();
        cluster.judge(home(original), NodeState.READY);
        assertThat(working()).containsExactly(original.id());
        assertThat(cluster.state().instance(original.id()))
                .extracting(Instance::until)
                .isEqualTo(third.id());

        fewest = Integer.MAX_VALUE;
        hangs = false;
        cluster.slow.clear();
        cluster.put(List.of());
        cluster.settle();

        assertThat(only().id()).isEqualTo(third.id());
        assertThat(fewest).isEqualTo(1);
    }

    private Instance waiting() {
        return cluster.instances("web").stream()
                .filter(it -> it.node() == null)
                .findFirst()
                .orElseThrow();
    }

    private List<String> working() {
        return cluster.instances("web").stream()
                .filter(it -> it.order() == Order.RUN && it.isHealthy())
                .map(Instance::id)
                .toList();
    }
}
