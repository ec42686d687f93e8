package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Command;
import io.knit.api.error.KnitException;
import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.CronSpec.Overlap;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun.Phase;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.SlotKey;
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.state.Change;
import io.knit.core.server.view.Views;
import io.knit.core.spec.SpecTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What runs by the clock, by the pure controller. */
class CronTest {
    private static final Instant DAY = Instant.parse("2026-11-30T00:00:00Z");
    private static final String HOURLY = "0 * * * *";

    /** How long an attempt takes. */
    private Duration length = Duration.ofMinutes(10);

    private int code;
    private final Map<String, Instant> begun = new HashMap<>();
    private final List<String> started = new ArrayList<>();
    private int most;
    private final PureCluster cluster = new PureCluster(this::says, this::count);

    CronTest() {
        cluster.pass(Duration.between(cluster.now(), DAY.plusSeconds(60)));
        join("n1");
        join("n2");
    }

    private void join(String id) {
        Node plain = node(id, Map.of());
        cluster.join(node(id, NodeState.READY, able(plain.facts(), List.of("restart"))));
    }

    private @Nullable Observed says(Instance instance, Instant now) {
        if (instance.observed().state() == null) {
            started.add(Objects.requireNonNullElse(instance.key(), instance.deployment()));
            begun.put(instance.id(), cluster.state().served());
            return new Observed(InstanceState.RUNNING, "", 0, false, 1, now);
        }
        Instant since = begun.getOrDefault(instance.id(), now);
        boolean over = Duration.between(since, cluster.state().served()).compareTo(length) >= 0;
        return over && instance.observed().state() == InstanceState.RUNNING
                ? new Observed(InstanceState.FAILED, "ended with exit code " + code, 0, code != 0, 2, now)
                : null;
    }

    private void count() {
        Set<SlotKey> slots = new HashSet<>();
        long there = cluster.instances("report").stream()
                .filter(it -> it.node() != null && !it.state().isEnd())
                .count();
        cluster.instances("report").stream().filter(Instance::isLive).forEach(it -> slots.add(it.slotKey()));
        most = (int) Math.max(most, there);
    }

    /** Of which one has room: on one node, with one port. */
    private DeploymentSpecBuilder onlyOne(String name) {
        Node plain = node("n3", Map.of("disk", "ssd"));
        cluster.join(plain.with(able(plain.facts(), List.copyOf(SpecTable.features()))));
        return DeploymentSpec.builder(name, name + ":1")
                .nodeSelector("disk", "ssd")
                .port(new PortSpec(null, 8080, 80, Protocol.TCP));
    }

    private static CronSpec cron(Overlap overlap) {
        return CronSpec.of(HOURLY).withOverlap(overlap);
    }

    private static DeploymentSpec spec(String image, CronSpec cron, JobSpec job) {
        return DeploymentSpec.builder("report", image).cron(cron).job(job).build();
    }

    private void deploy(CronSpec cron) {
        deploy(spec("report:1", cron, JobSpec.DEFAULT));
    }

    private void deploy(DeploymentSpec spec) {
        cluster.run(new Command.Deploy(spec, null));
    }

    private static Instant at(int hour, int minute) {
        return DAY.plus(Duration.ofHours(hour)).plus(Duration.ofMinutes(minute));
    }

    private CronRuns runs() {
        return Objects.requireNonNull(cluster.deployment("report").cron());
    }

    private List<Instant> dues() {
        return runs().runs().stream().map(CronRun::due).toList();
    }

    private List<Phase> phases() {
        return runs().runs().stream().map(it -> it.run().phase()).toList();
    }

    private String skipped() {
        CronRuns.Skipped skipped = runs().skipped();
        return skipped == null ? "" : skipped.reason();
    }

    private List<Instance> live() {
        return cluster.instances("report").stream().filter(Instance::isLive).toList();
    }

    @Test
    void nothingRunsBeforeItsTimeAndThenOnceForEach() {
        deploy(cron(Overlap.FORBID));
        cluster.goTo(at(0, 59));
        assertThat(started).isEmpty();
        assertThat(Views.deployment(cluster.state(), cluster.deployment("report"))
                        .status())
                .isEqualTo(DeploymentStatus.RUNNING);
        cluster.goTo(at(5, 30));

        assertThat(started)
                .containsExactly(
                        "2026-11-30T01:00:00Z",
                        "2026-11-30T02:00:00Z",
                        "2026-11-30T03:00:00Z",
                        "2026-11-30T04:00:00Z",
                        "2026-11-30T05:00:00Z");
        assertThat(dues()).as("three are kept").containsExactly(at(3, 0), at(4, 0), at(5, 0));
        assertThat(phases()).containsOnly(Phase.COMPLETED);
        assertThat(cluster.instances("report")).isEmpty();
        assertThat(skipped()).isEmpty();
    }

    @Test
    void eachRunIsAJobWithItsCompletionsAndRetries() {
        deploy(spec("report:1", cron(Overlap.FORBID), new JobSpec(5, 2, 0, null)));
        cluster.goTo(at(1, 45));

        assertThat(phases()).containsExactly(Phase.COMPLETED);
        assertThat(runs().runs().get(0).run().completed()).containsExactly(0, 1, 2, 3, 4);
        assertThat(started).hasSize(5).doesNotHaveDuplicates().contains("2026-11-30T01:00:00Z/4");
        assertThat(most).isEqualTo(2);
        code = 3;
        cluster.goTo(at(2, 30));
        assertThat(phases()).containsExactly(Phase.COMPLETED, Phase.FAILED);
        assertThat(runs().runs().get(1).run().reason()).contains("ended with exit code 3", "are used up");
        assertThat(Views.deployment(cluster.state(), cluster.deployment("report"))
                        .status())
                .isEqualTo(DeploymentStatus.DEGRADED);
    }

    @Test
    void aRunThatIsStillUnderWayLeavesTheNextTimeOut() {
        length = Duration.ofMinutes(90);
        deploy(cron(Overlap.FORBID));
        cluster.goTo(at(2, 15));
        assertThat(dues()).containsExactly(at(1, 0));
        assertThat(skipped())
                .isEqualTo(
                        "2026-11-30T02:00:00Z is left out: the run of 2026-11-30T01:00:00Z is still under way, and cron.overlap is forbid");
        cluster.goTo(at(4, 15));
        assertThat(dues()).containsExactly(at(1, 0), at(3, 0));
        assertThat(most).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "two runs that get a node at the same moment get the same one where their slot has a volume: there is one of it")
    void oneVolume() {
        length = Duration.ofHours(9);
        deploy(DeploymentSpec.builder("report", "report:1")
                .cron(cron(Overlap.ALLOW))
                .nodeSelector("disk", "ssd")
                .volume(VolumeSpec.named("data", "/data"))
                .build());
        cluster.goTo(at(2, 30));
        assertThat(live()).hasSize(2).allMatch(it -> it.node() == null);
        Node one = node("n3", Map.of("disk", "ssd"));
        Node two = node("n4", Map.of("disk", "ssd"));
        cluster.put(List.of(
                new Change.PutNode(one.with(able(one.facts(), List.copyOf(SpecTable.features())))),
                new Change.PutNode(two.with(able(two.facts(), List.copyOf(SpecTable.features()))))));
        assertThat(live().stream().map(Instance::node).distinct()).hasSize(1).doesNotContainNull();
        assertThat(live()).hasSize(2);
    }

    @Test
    void orIsStoppedForIt() {
        length = Duration.ofMinutes(90);
        deploy(cron(Overlap.REPLACE));
        cluster.goTo(at(3, 15));
        assertThat(dues()).containsExactly(at(1, 0), at(2, 0), at(3, 0));
        assertThat(phases()).containsExactly(Phase.REPLACED, Phase.REPLACED, Phase.RUNNING);
        assertThat(runs().runs().get(0).run().reason()).isEqualTo("the run of 2026-11-30T02:00:00Z takes its place");
        assertThat(live()).hasSize(1);
        assertThat(most).as("never both at once").isEqualTo(1);
    }

    @Test
    void whatGaveWayBeforeItBeganAndIsNotKeptNeverBegins() {
        length = Duration.ofDays(1);
        deploy(cron(Overlap.REPLACE).withHistory(0));
        cluster.goTo(at(1, 1));
        cluster.slow.add(live().get(0).id());
        cluster.goTo(at(2, 1));
        assertThat(live())
                .as("the run of 2:00 waits for the end of that of 1:00")
                .isEmpty();

        // it ends, and the next time has come, in one decision
        cluster.slow.clear();
        cluster.setClock(Duration.ofHours(1));
        cluster.put(List.of());
        assertThat(live()).extracting(Instance::key).containsExactly("2026-11-30T03:00:00Z");
        assertThat(most).isEqualTo(1);
    }

    @Test
    void orBothRunSideBySideButNotWithoutEnd() {
        length = Duration.ofDays(9);
        deploy(cron(Overlap.ALLOW));
        cluster.goTo(at(14, 15));
        assertThat(live()).hasSize(10).extracting(Instance::slotKey).doesNotHaveDuplicates();
        assertThat(skipped()).contains("2026-11-30T14:00:00Z is left out: 10 runs are still under way");
    }

    @Test
    void historyIsKeptOfEachOutcomeAndWithItTheLastAttemptOfWhatFailed() {
        code = 1;
        length = Duration.ofMinutes(1);
        deploy(spec("report:1", cron(Overlap.FORBID).withHistory(2), new JobSpec(1, 1, 0, null)));
        cluster.goTo(at(1, 30));
        code = 0;
        cluster.goTo(at(5, 30));
        assertThat(dues()).containsExactly(at(1, 0), at(4, 0), at(5, 0));
        assertThat(cluster.instances("report"))
                .singleElement()
                .satisfies(kept -> assertThat(kept.key()).isEqualTo("2026-11-30T01:00:00Z"));
        code = 1;
        cluster.goTo(at(7, 30));
        assertThat(dues()).containsExactly(at(4, 0), at(5, 0), at(6, 0), at(7, 0));
        assertThat(cluster.instances("report"))
                .as("with the run its container is forgotten")
                .extracting(Instance::key)
                .containsExactlyInAnyOrder("2026-11-30T06:00:00Z", "2026-11-30T07:00:00Z");
        deploy(spec("report:1", cron(Overlap.FORBID).withHistory(0), new JobSpec(1, 1, 0, null)));
        assertThat(cluster.instances("report")).isEmpty();
        assertThat(runs().runs()).isEmpty();
    }

    @Test
    void whatIsKeptOfAFailedRunHoldsUpNoOther() {
        code = 1;
        deploy(onlyOne("report")
                .maxPerNode(1)
                .cron(cron(Overlap.FORBID))
                .job(new JobSpec(1, 1, 0, null))
                .build());
        cluster.goTo(at(4, 30));

        assertThat(phases()).hasSize(3).containsOnly(Phase.FAILED);
        assertThat(started).hasSize(4);
        assertThat(cluster.instances("report")).hasSize(3).allMatch(Instance::isOver);

        // who waits for its room is placed in the moment in which it is over
        length = Duration.ofMinutes(20);
        cluster.goTo(at(5, 1));
        deploy(onlyOne("other").job(new JobSpec(1, 1, 0, null)).build());
        assertThat(cluster.instances("other")).singleElement().matches(it -> it.node() == null);
        cluster.goTo(at(5, 19));
        assertThat(cluster.instances("other")).singleElement().matches(it -> it.node() == null);
        cluster.goTo(at(5, 21));
        assertThat(cluster.instances("other")).singleElement().matches(it -> "n3".equals(it.node()));
    }

    @ParameterizedTest(name = "away for {0} from 00:55, catch_up {1}: {2}")
    @CsvSource({
        "PT6M,PT0S,2026-11-30T01:00:00Z,''",
        "PT20M,PT0S,'','2026-11-30T01:00:00Z was missed: no server was there, or a clock was set; cron.catch_up is 0s'",
        "PT20M,PT24H,2026-11-30T01:00:00Z,''",
        "PT2H20M,PT24H,2026-11-30T03:00:00Z,'the times from 2026-11-30T01:00:00Z to 2026-11-30T02:00:00Z were missed: no server was there, or a clock was set; only the last, 2026-11-30T03:00:00Z, is made up for'",
        "PT2H20M,PT10M,'','the times from 2026-11-30T01:00:00Z to 2026-11-30T03:00:00Z were missed: no server was there, or a clock was set; cron.catch_up is 10m'",
    })
    void whatAServerMissed(Duration away, Duration catchUp, String run, String words) {
        deploy(cron(Overlap.FORBID).withCatchUp(catchUp));
        cluster.goTo(at(0, 55));
        cluster.away(away);
        assertThat(started).isEqualTo(run.isEmpty() ? List.of() : List.of(run));
        assertThat(skipped()).isEqualTo(words);
        int before = started.size();
        cluster.away(Duration.ofSeconds(1));
        assertThat(started).as("no time is run twice").hasSize(before);
    }

    @Test
    void aServerThatStartsAnewWhileARunIsUnderWayGoesOnWithIt() {
        deploy(cron(Overlap.FORBID));
        cluster.goTo(at(1, 5));
        String id = live().get(0).id();
        cluster.away(Duration.ofMinutes(2));
        cluster.away(Duration.ofMinutes(1));
        assertThat(live()).singleElement().satisfies(it -> assertThat(it.id()).isEqualTo(id));
        cluster.goTo(at(1, 30));
        assertThat(phases()).containsExactly(Phase.COMPLETED);
        assertThat(started).hasSize(1);
    }

    @Test
    void aClockThatIsSetDoublesNothing() {
        deploy(cron(Overlap.FORBID));
        cluster.goTo(at(1, 30));
        assertThat(started).hasSize(1);
        cluster.setClock(Duration.ofHours(-1));
        cluster.goTo(at(1, 59));
        assertThat(started).as("01:00 once more on the clock").hasSize(1);
        cluster.goTo(at(2, 30));
        assertThat(started).containsExactly("2026-11-30T01:00:00Z", "2026-11-30T02:00:00Z");
        cluster.setClock(Duration.ofHours(1));
        cluster.pass(Duration.ofMinutes(1));
        cluster.goOn();
        assertThat(started)
                .as("the time that was jumped over is made up for")
                .last()
                .isEqualTo("2026-11-30T03:00:00Z");
        cluster.goTo(at(4, 30));
        assertThat(started).hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    void aDayWhoseClocksAreSetBackHasNoSecondRun() {
        cluster.pass(Duration.between(cluster.now(), Instant.parse("2027-10-30T22:00:00Z")));
        deploy(CronSpec.of("30 2 * * *").in("Europe/Berlin"));
        cluster.goTo(Instant.parse("2027-11-01T12:00:00Z"));
        assertThat(started).containsExactly("2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z");
    }

    @Test
    void aNodeThatIsDownCostsNoRetryAndTheRunIsCountedOnce() {
        deploy(spec("report:1", cron(Overlap.FORBID), new JobSpec(1, 1, 0, null)));
        cluster.goTo(at(1, 5));
        String node = Objects.requireNonNull(live().get(0).node());
        cluster.judge(node, NodeState.DOWN);
        cluster.goTo(at(1, 30));
        assertThat(phases()).containsExactly(Phase.COMPLETED);
        cluster.judge(node, NodeState.READY);
        cluster.goTo(at(2, 5));
        assertThat(dues()).containsExactly(at(1, 0), at(2, 0));
        assertThat(runs().runs().get(0).run().completed()).containsExactly(0);
        assertThat(live()).hasSize(1);
    }

    @Test
    void whatAnOlderAgentSaysHasFailedMayRunStillAndIsWaitedFor() {
        length = Duration.ofDays(1);
        deploy(cron(Overlap.REPLACE));
        cluster.goTo(at(1, 1));
        Instance old = live().get(0);
        cluster.slow.add(old.id());
        cluster.goTo(at(2, 1));
        Observed said = new Observed(
                InstanceState.FAILED, "used up", 0, true, 9, cluster.now(), Health.UNHEALTHY, Instant.EPOCH);
        cluster.put(List.of(new Change.PutObserved(old.id(), said)));
        assertThat(live()).isEmpty();
        cluster.slow.clear();
        cluster.put(List.of(new Change.RemoveInstance(old.id())));
        assertThat(live()).extracting(Instance::key).containsExactly("2026-11-30T02:00:00Z");
    }

    @Test
    void whatIsReplacedOnADownNodeHoldsNobodyUp() {
        length = Duration.ofDays(1);
        deploy(cron(Overlap.REPLACE));
        cluster.goTo(at(1, 5));
        String node = Objects.requireNonNull(live().get(0).node());
        cluster.judge(node, NodeState.DOWN);
        cluster.goTo(at(2, 5));
        assertThat(live()).singleElement().satisfies(it -> {
            assertThat(it.key()).isEqualTo("2026-11-30T02:00:00Z");
            assertThat(it.node()).isNotNull().isNotEqualTo(node);
        });
        cluster.judge(node, NodeState.READY);
        assertThat(cluster.instances("report")).hasSize(1);
    }

    @Test
    void anotherRevisionIsForTheNextRun() {
        length = Duration.ofMinutes(20);
        deploy(spec("report:1", cron(Overlap.FORBID), new JobSpec(2, 1, 0, null)));
        cluster.goTo(at(1, 5));
        String running = live().get(0).id();
        deploy(spec("report:2", cron(Overlap.FORBID), JobSpec.DEFAULT));
        assertThat(live()).singleElement().satisfies(it -> assertThat(it.id()).isEqualTo(running));
        cluster.goTo(at(2, 10));
        assertThat(runs().runs()).extracting(it -> it.run().revision()).containsExactly(1, 2);
        assertThat(runs().runs().get(0).run().completed()).as("by its own spec").containsExactly(0, 1);
        assertThat(live())
                .singleElement()
                .satisfies(it -> assertThat(it.revision()).isEqualTo(2));
    }

    @Test
    void anotherScheduleHasMissedNothing() {
        deploy(CronSpec.of("0 6 * * *"));
        cluster.goTo(at(15, 0));
        assertThat(started).hasSize(1);
        deploy(CronSpec.of("0 10 * * *"));
        cluster.goTo(at(16, 0));
        assertThat(started).hasSize(1);
        cluster.goTo(at(34, 30));
        assertThat(started).hasSize(2).last().isEqualTo("2026-12-01T10:00:00Z");
    }

    @Test
    void whilePausedNothingBeginsAndNothingIsMadeUpFor() {
        length = Duration.ofMinutes(20);
        deploy(spec("report:1", cron(Overlap.FORBID), new JobSpec(2, 1, 0, null)));
        cluster.goTo(at(1, 5));
        cluster.run(new Command.Pause("report", null));
        for (int minute = 20; minute <= 60; minute += 20) {
            cluster.goTo(at(1, minute));
            cluster.put(List.of());
        }
        cluster.goTo(at(3, 30));
        cluster.run(new Command.Deploy(spec("report:1", cron(Overlap.FORBID).withHistory(4), JobSpec.DEFAULT), null));
        assertThat(dues()).containsExactly(at(1, 0));
        assertThat(phases()).as("what had begun goes on").containsExactly(Phase.COMPLETED);
        cluster.run(new Command.Resume("report", null));
        cluster.goTo(at(3, 59));
        assertThat(dues()).containsExactly(at(1, 0));
        cluster.goTo(at(4, 1));
        assertThat(dues()).containsExactly(at(1, 0), at(4, 0));
    }

    @Test
    void undeployedItIsGone() {
        deploy(cron(Overlap.FORBID));
        cluster.goTo(at(1, 5));
        assertThat(live()).hasSize(1);
        cluster.run(new Command.Undeploy("report", null));
        assertThat(cluster.state().deployments()).isEmpty();
        assertThat(cluster.state().instances()).isEmpty();
        deploy(cron(Overlap.FORBID));
        assertThat(runs().runs()).isEmpty();
        cluster.goTo(at(1, 30));
        assertThat(started).hasSize(1);
    }

    @Test
    void anAgentNeedsToKnowNothingNew() {
        assertThat(SpecTable.features(spec("report:1", cron(Overlap.ALLOW), JobSpec.DEFAULT)))
                .containsExactly("restart");
    }

    @Test
    void itCannotBeScaledNorBecomeAnother() {
        deploy(cron(Overlap.FORBID));
        assertThatThrownBy(() -> cluster.run(new Command.Scale("report", 3, null)))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("has the mode cron and no replicas");
        assertThatThrownBy(() -> deploy(DeploymentSpec.builder("report", "report:1")
                        .job(JobSpec.DEFAULT)
                        .build()))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("has the mode cron and can't become job");
    }
}
