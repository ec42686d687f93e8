package io.knit.core.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ExecAbility;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.api.spi.runtime.RuntimeSnapshot;
import io.knit.core.agent.output.SecretMask;
import io.knit.core.agent.reconcile.memory.Check;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which checks by a command count where the engine leaves some without an answer. */
class HealthWatchTest {
    /** What a runtime takes at most on top of a command's timeout. */
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private static final HealthSpec SPEC = HealthSpec.of(List.of("check"))
            .timed(Duration.ofSeconds(10), Duration.ofSeconds(2), 3, Duration.ofSeconds(10));

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final Map<String, Health> told = new TreeMap<>();
    private List<String> hanging = List.of();
    private String reason = "";
    private ExecResult result = new ExecResult(0, "");

    /** Its engine answers no commands in some containers. */
    private final class Commands implements ContainerRuntime, ExecAbility {
        @Override
        public Future<ExecResult> exec(String container, List<String> command, Duration timeout) {
            throw new AssertionError("it is checked apart from other commands");
        }

        @Override
        public Future<ExecResult> check(String container, List<String> command, Duration timeout) {
            Promise<ExecResult> done = Promise.promise();
            if (hanging.contains(container)) {
                queue.after(
                        timeout.plus(DEADLINE),
                        () -> done.fail(new KnitException(ErrorCode.RUNTIME_UNAVAILABLE, "no answer")));
            } else {
                queue.after(Duration.ofMillis(50), () -> done.complete(result));
            }
            return done.future();
        }

        @Override
        public Future<PulledImage> pull(ImageRequest request) {
            throw new AssertionError("nothing is pulled here");
        }

        @Override
        public Future<String> create(ContainerSpec spec) {
            throw new AssertionError("nothing is created here");
        }

        @Override
        public Future<Void> start(String containerId) {
            throw new AssertionError("nothing is started here");
        }

        @Override
        public Future<Void> remove(String containerId, Duration grace) {
            throw new AssertionError("nothing is removed here");
        }

        @Override
        public Future<RuntimeSnapshot> snapshot(String cluster) {
            throw new AssertionError("nobody looks here");
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }

    private void watch(String... containers) {
        HealthWatch watch = new HealthWatch(
                loop,
                new Commands(),
                new NoConnections(),
                HealthWatch.MOST_AT_ONCE,
                instance -> Future.succeededFuture(SecretMask.of(List.of(instance + "-hush"))),
                (instance, check) -> {
                    told.put(instance, check.health());
                    reason = check.words();
                });
        watch.watch(Stream.of(containers)
                .map(it -> new Checked(it, it, null, SPEC, new Check(Health.STARTING, ""), loop.elapsed()))
                .toList());
        queue.runFor(Duration.ofMinutes(1));
    }

    @Test
    @DisplayName("what a command quotes of a secret of its instance is not told, also where only its begin is")
    void quotes() {
        result = new ExecResult(1, "no login: " + "x".repeat(187) + "a-hush\n");
        watch("a");
        assertThat(reason)
                .contains("ended with exit code 1: no login: x")
                .contains("x***")
                .doesNotContain("a-");
    }

    @Test
    @DisplayName("a command that gets no answer, while those in others do, is a failure of its container")
    void hangsAlone() {
        watch("a", "b");
        hanging = List.of("b");
        queue.runFor(Duration.ofMinutes(2));
        assertThat(told).containsEntry("a", Health.HEALTHY).containsEntry("b", Health.UNHEALTHY);
    }

    @Test
    @DisplayName("commands of which none gets an answer are no failures of their containers")
    void allHang() {
        watch("a", "b");
        hanging = List.of("a", "b");
        queue.runFor(Duration.ofMinutes(5));
        assertThat(told).containsEntry("a", Health.HEALTHY).containsEntry("b", Health.HEALTHY);
    }
}
