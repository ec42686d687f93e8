package io.knit.core.server.inside;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Capacity;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.spi.runtime.LogLine;
import io.knit.core.wire.Features;
import io.knit.core.wire.asked.LogRange;
import io.knit.core.wire.asked.LogText;
import io.knit.core.wire.stream.AskingStreams;
import io.knit.core.wire.stream.GivingStreams;
import io.knit.core.wire.stream.StreamEnd;
import io.knit.core.wire.stream.StreamListener;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who follows a deployment while the agent of one of its instances is started again, or the way to it breaks. */
class FollowedLogsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final LogRange FOLLOWED = new LogRange(true, 5, null, false);
    private static final Instance WEB = instance(0);

    private final EventQueue queue = new EventQueue(1);
    private final InMemoryBus bus = new InMemoryBus(new SimulatedLoop(queue));
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final AskingStreams streams =
            new AskingStreams(loop, bus.connect("server"), new SeededIds(new Random(1)), 100);
    private final List<LogRange> asked = new ArrayList<>();
    private final Told told = new Told();
    private List<Instance> present = List.of(WEB);
    private DeploymentStatus status = DeploymentStatus.RUNNING;
    private @Nullable KnitException refusal;

    @Nullable
    private StreamEnd agent;

    FollowedLogsTest() {
        loop.execute(streams::start);
        SimulatedLoop own = new SimulatedLoop(queue);
        GivingStreams giving = new GivingStreams(own, bus.connect("n1"), "n1", (request, end) -> {
            KnitException why = refusal;
            if (why != null) {
                throw why;
            }
            asked.add(Objects.requireNonNull(request.logs()));
            agent = end;
            own.execute(() -> end.write(0, new byte[0]));
            return new Reader();
        });
        own.execute(giving::start);
        queue.runFor(Duration.ofSeconds(1));
    }

    private static Instance instance(int slot) {
        return Instance.pending("web-" + slot + "-x", "web", 1, slot, 0, List.of(), START, "", START)
                .placedOn("n1", List.of(), START)
                .with(new Observed(InstanceState.RUNNING, "", 0, false, 1, START));
    }

    private static Node node() {
        NodeFacts facts =
                new NodeFacts("n1", Map.of(), Capacity.UNKNOWN, "", "", null, null, "", List.of(Features.STREAMS));
        return new Node(
                "n1", "n1", null, NodeWish.NONE, facts, new NodeJudgement(NodeState.READY, "", START, List.of()));
    }

    private void follow() {
        Deployment web =
                new Deployment("web", 1, DeploymentSpec.builder("web", "web:1").build(), false, START, START);
        InsideNodes inside = new InsideNodes(
                loop,
                streams,
                id -> present.stream().filter(each -> each.id().equals(id)).findFirst(),
                name -> Optional.of(new DeploymentView(web, status, present)),
                id -> Optional.of(node()),
                () -> List.of(node()),
                instance -> Optional.empty());
        inside.logs("", "web", FOLLOWED, told);
        queue.runFor(Duration.ofSeconds(1));
    }

    private void writes(int second) {
        LogLine line = new LogLine(START.plusSeconds(second), false, true, "line " + second);
        Objects.requireNonNull(agent).write(0, LogText.bytes(line));
        queue.runFor(Duration.ofSeconds(1));
    }

    private void breaks() {
        Objects.requireNonNull(agent).fail(new KnitException(ErrorCode.CLOSED, "the agent on n1 was stopped"));
    }

    @Test
    @DisplayName("once the agent is there again it goes on behind the last line, and nothing is said")
    void goesOn() {
        follow();
        writes(1);
        breaks();
        queue.runFor(Duration.ofSeconds(3));
        writes(7);
        breaks();
        queue.runFor(Duration.ofSeconds(3));
        writes(9);

        assertThat(told.lines).containsExactly("line 1", "line 7", "line 9");
        assertThat(asked)
                .containsExactly(
                        FOLLOWED, FOLLOWED.goingOn(START.plusSeconds(1)), FOLLOWED.goingOn(START.plusSeconds(7)));
        assertThat(told.over).isFalse();
    }

    @Test
    @DisplayName("nor is anything said of one that was quiet until then")
    void quiet() {
        follow();
        breaks();
        queue.runFor(Duration.ofSeconds(3));
        writes(7);
        assertThat(told.lines).containsExactly("line 7");
        assertThat(asked).containsExactly(FOLLOWED, FOLLOWED);
    }

    @Test
    @DisplayName("who is away for half a minute is told of, once, and is read on when he is there again")
    void saysSo() {
        follow();
        writes(1);
        refusal = new KnitException(ErrorCode.RUNTIME_UNAVAILABLE, "the engine does not answer");
        breaks();
        queue.runFor(Duration.ofSeconds(28));
        assertThat(told.lines).containsExactly("line 1");
        queue.runFor(Duration.ofMinutes(5));
        assertThat(told.lines).containsExactly("line 1", "(the engine does not answer)");

        refusal = null;
        queue.runFor(Duration.ofSeconds(3));
        writes(2);
        assertThat(told.lines).endsWith("line 2").hasSize(3);
    }

    @Test
    @DisplayName("an agent that answers and then fails each time is told of, too")
    void failsBehindItsAnswer() {
        follow();
        writes(1);
        for (int second = 0; second < 60; second += 2) {
            breaks();
            queue.runFor(Duration.ofSeconds(2));
        }
        assertThat(asked).hasSizeGreaterThan(10);
        assertThat(told.lines).containsExactly("line 1", "(the agent on n1 was stopped)");
    }

    @Test
    @DisplayName("of who was never heard it is said at once, and of who goes before he is back")
    void atOnce() {
        refusal = new KnitException(ErrorCode.BUSY, "node n1 gives 64 streams already");
        follow();
        assertThat(told.lines).containsExactly("(node n1 gives 64 streams already)");
        refusal = null;
        queue.runFor(Duration.ofSeconds(2));
        writes(1);
        breaks();
        present = List.of();
        queue.runFor(Duration.ofSeconds(2));
        assertThat(told.lines)
                .containsExactly("(node n1 gives 64 streams already)", "line 1", "(the agent on n1 was stopped)");
    }

    @Test
    @DisplayName(
            "where the way breaks once the deployment goes, and nobody asks again, it does not end as if all had come")
    void breaksAtTheEnd() {
        follow();
        writes(1);
        status = DeploymentStatus.DELETING;
        queue.runFor(Duration.ofSeconds(3));
        assertThat(told.over).isFalse();
        breaks();
        queue.runFor(Duration.ofSeconds(3));
        assertThat(told.lines).containsExactly("line 1");
        assertThat(told.failure).isEqualTo("the agent on n1 was stopped");
    }

    @Test
    @DisplayName(
            "of whom another took the place among those that are read at once, that is said after half a minute, too")
    void withoutRoom() {
        present = IntStream.rangeClosed(1, InsideNodes.MOST_INSTANCES)
                .mapToObj(FollowedLogsTest::instance)
                .toList();
        follow();
        writes(1);
        assertThat(told.lines).containsExactly("line 1");
        breaks();
        present = Stream.concat(Stream.of(WEB), present.stream()).toList();
        queue.runFor(Duration.ofSeconds(28));
        assertThat(asked).hasSize(InsideNodes.MOST_INSTANCES + 1);
        assertThat(told.lines).hasSize(1);
        queue.runFor(Duration.ofSeconds(10));
        assertThat(told.lines).containsExactly("line 1", "(the agent on n1 was stopped)");
    }

    private static final class Reader implements StreamListener {
        @Override
        public void data(int channel, byte[] bytes) {}

        @Override
        public void ended(byte[] lastWord) {}

        @Override
        public void failed(KnitException why) {}
    }

    private static final class Told implements LineListener {
        private final List<String> lines = new ArrayList<>();
        private boolean over;
        private @Nullable String failure;

        @Override
        public void begun() {}

        @Override
        public Future<Void> lines(List<InstanceLine> some) {
            some.forEach(each -> {
                LogLine line = each.line();
                lines.add(line == null ? "(" + each.note() + ")" : line.text());
            });
            return Future.succeededFuture();
        }

        @Override
        public void ended() {
            over = true;
        }

        @Override
        public void failed(KnitException why) {
            over = true;
            failure = why.getMessage();
        }
    }
}
