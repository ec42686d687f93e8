package io.knit.core.agent.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ExecAbility;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.api.spi.runtime.RuntimeSnapshot;
import io.knit.core.agent.output.SecretMask;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of the words of a command that is told of another file: they go into the agent's log. */
class AnnouncingTest {
    private final EventQueue queue = new EventQueue(1);

    /** Its commands quote what they have read. */
    private static final class Quoting implements ContainerRuntime, ExecAbility {
        @Override
        public Future<ExecResult> exec(String container, List<String> command, Duration timeout) {
            return Future.succeededFuture(new ExecResult(3, "line 1: no such word a-hush\n"));
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

    @Test
    @DisplayName("what it quotes of a secret of its instance is not said")
    void quotes() {
        Future<Void> said = new Announcing(
                        new SimulatedLoop(queue),
                        new Quoting(),
                        instance -> Future.succeededFuture(SecretMask.of(List.of(instance + "-hush"))))
                .say(new TemplateSpec("/etc/a", "x").running(List.of("reload")), "a", "c1");
        queue.runFor(Duration.ofSeconds(1));
        assertThat(said.cause()).hasMessage("ended with 3: line 1: no such word ***");
    }
}
