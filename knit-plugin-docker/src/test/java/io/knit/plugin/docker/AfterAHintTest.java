package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the engine's events told is in the very next snapshot, though its list lags behind them: nothing here looks but when it is
 * hinted to.
 */
class AfterAHintTest extends RealEngineTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** By container: how the newest snapshot that a hint gave rise to shows it. */
    private final Map<String, ContainerSnapshot> seen = new ConcurrentHashMap<>();

    private final AtomicInteger looks = new AtomicInteger();
    private int taken;

    @BeforeEach
    void lookWhenHinted() {
        runtime.onChange(() -> {
            int look = looks.incrementAndGet();
            runtime.snapshot(engine.cluster).onSuccess(now -> take(look, now.containers()));
        });
    }

    /** Looks that go on at once may be answered the wrong way round: an earlier one must not undo what a later one saw. */
    private synchronized void take(int look, Collection<ContainerSnapshot> containers) {
        if (look > taken) {
            taken = look;
            containers.forEach(container -> seen.put(container.id(), container));
        }
    }

    private void awaitState(String id, ContainerState state) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> seen.containsKey(id) && seen.get(id).state() == state);
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit 3", "sleep 2; exit 3"})
    void aContainerThatEndsByItself(String script) {
        String id = run("ends", "sh", "-c", script);
        awaitState(id, ContainerState.EXITED);
        assertThat(Objects.requireNonNull(seen.get(id)).exit()).isEqualTo("exit code 3");
        seen.remove(id);
        await(runtime.start(id));
        awaitState(id, ContainerState.EXITED);
    }

    @Test
    void aContainerThatIsKilledOrStoppedByHand() {
        String killed = run("killed", "sleep", "1000");
        String stopped = run("stopped", "sleep", "1000");
        awaitState(killed, ContainerState.RUNNING);
        awaitState(stopped, ContainerState.RUNNING);
        engine.client.killContainerCmd(killed).exec();
        awaitState(killed, ContainerState.EXITED);
        assertThat(Objects.requireNonNull(seen.get(killed)).exit())
                .isEqualTo("killed by signal 9 (SIGKILL), exit code 137");
        engine.client.stopContainerCmd(stopped).withTimeout(10).exec();
        awaitState(stopped, ContainerState.EXITED);
        assertThat(Objects.requireNonNull(seen.get(stopped)).exit())
                .isEqualTo("killed by signal 15 (SIGTERM), exit code 143");
    }

    @Test
    void aContainerThatIsPausedRunsOnAndIsRemovedWhilePaused() {
        String id = run("paused", "sleep", "1000");
        engine.client.pauseContainerCmd(id).exec();
        awaitState(id, ContainerState.PAUSED);
        engine.client.unpauseContainerCmd(id).exec();
        awaitState(id, ContainerState.RUNNING);
        engine.client.pauseContainerCmd(id).exec();
        awaitState(id, ContainerState.PAUSED);
        await(runtime.remove(id, Duration.ofSeconds(1)));
        assertThat(await(runtime.snapshot(engine.cluster)).containers()).isEmpty();
    }

    @Test
    void anEndBeforeAStartOfOursIsNotTakenForOneAfterIt() {
        String id = run("again", "sh", "-c", "[ -e /tmp-mark ] && sleep 1000; touch /tmp-mark");
        awaitState(id, ContainerState.EXITED);
        await(runtime.start(id));
        awaitState(id, ContainerState.RUNNING);
        Awaitility.await()
                .during(Duration.ofSeconds(1))
                .atMost(PATIENCE)
                .until(() -> seen(id).state() == ContainerState.RUNNING);
    }
}
