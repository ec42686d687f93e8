package io.knit.testkit.runtime;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.ErrorCode;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.contract.BridgesContract;
import io.knit.testkit.contract.ContainerRuntimeContract;
import io.knit.testkit.contract.InsideContract;
import io.knit.testkit.contract.VolumesContract;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.loop.ThreadLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FakeRuntimeTest {
    private static final String IMAGE = "busybox:1";

    @Nested
    class Contract extends ContainerRuntimeContract {
        private final ThreadLoop loop = new ThreadLoop("runtime-test");
        private final FakeEngine engine =
                new FakeEngine("host", loop).withPlatform("linux", "amd64").withImage(IMAGE);

        @Override
        protected Future<? extends ContainerRuntime> open() {
            engine.script().listLags(() -> Duration.ofMillis(300));
            return Future.succeededFuture(new FakeRuntime(engine, loop));
        }

        @Override
        protected Future<? extends ContainerRuntime> openSilent() {
            FakeEngine silent = new FakeEngine("silent", loop);
            silent.script().hang(true);
            return Future.succeededFuture(new FakeRuntime(silent, loop, Duration.ofMillis(100)));
        }

        @Override
        protected String image() {
            return IMAGE;
        }

        @Override
        protected void afterClosing() {
            loop.close();
        }
    }

    @Nested
    class Inside extends InsideContract {
        private final ThreadLoop loop = new ThreadLoop("inside-test");
        private final FakeEngine engine = new FakeEngine("host", loop).withImage(IMAGE);

        @Override
        protected Future<? extends ContainerRuntime> open() {
            return Future.succeededFuture(new FakeRuntime(engine, loop));
        }

        @Override
        protected String image() {
            return IMAGE;
        }

        @Override
        protected void afterClosing() {
            loop.close();
        }
    }

    @Nested
    class Volumes extends VolumesContract {
        private final ThreadLoop loop = new ThreadLoop("volumes-test");
        private final FakeEngine engine =
                new FakeEngine("host", loop).withImage(IMAGE).withVolumes(IMAGE, "/var/lib/data_1");

        @Override
        protected Future<? extends ContainerRuntime> open() {
            return Future.succeededFuture(new FakeRuntime(engine, loop));
        }

        @Override
        protected String image() {
            return IMAGE;
        }

        @Override
        protected void afterClosing() {
            loop.close();
        }
    }

    @Nested
    class Bridges extends BridgesContract {
        private final ThreadLoop loop = new ThreadLoop("bridges-test");
        private final FakeEngine engine = new FakeEngine("host", loop).withBridge("172.17.0.1", "172.17.0.0/16");

        @Override
        protected Future<? extends ContainerRuntime> open() {
            return Future.succeededFuture(new FakeRuntime(engine, loop));
        }

        @Override
        protected void afterClosing() {
            loop.close();
        }
    }

    private final EventQueue queue = new EventQueue(1);
    private final FakeEngine engine = new FakeEngine("host", new SimulatedLoop(queue)).withImage(IMAGE);
    private final SimulatedLoop agent = new SimulatedLoop(queue);
    private final FakeRuntime runtime = new FakeRuntime(engine, agent);

    private static ContainerSpec spec(String name, String... args) {
        Map<String, String> labels = Map.of(KnitLabels.CLUSTER, "c", KnitLabels.INSTANCE, name);
        return new ContainerSpec(name, IMAGE, List.of(), List.of(args), Map.of(), labels, List.of(), List.of());
    }

    private <T> Future<T> settled(Future<T> call) {
        queue.runUntil(call::isComplete, Duration.ofMinutes(2));
        assertThat(call.isComplete()).isTrue();
        return call;
    }

    private String running(String name, String... args) {
        String id = await(settled(runtime.create(spec(name, args))));
        await(settled(runtime.start(id)));
        return id;
    }

    private ContainerSnapshot container() {
        assertThat(engine.containers()).hasSize(1);
        return engine.containers().get(0);
    }

    @Test
    @DisplayName("what a killed agent asked for is done, and nobody is answered")
    void survivesTheAgent() {
        Future<String> create = runtime.create(spec("a"));
        agent.kill();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(create.isComplete()).isFalse();
        assertThat(container().state()).isEqualTo(ContainerState.CREATED);
    }

    @Test
    @DisplayName("failNext fails so many calls; slow makes a call take its time; hang ends it at the deadline")
    void scripted() {
        engine.script().failNext(EngineCall.CREATE, 1);
        assertThat(failure(settled(runtime.create(spec("a")))).code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
        engine.script().slow(Duration.ofSeconds(3));
        Future<String> slow = runtime.create(spec("a"));
        queue.runFor(Duration.ofSeconds(2));
        assertThat(slow.isComplete()).isFalse();
        await(settled(slow));
        engine.script().hang(true);
        assertThat(failure(settled(runtime.snapshot("c"))).code()).isEqualTo(ErrorCode.RUNTIME_UNAVAILABLE);
    }

    @Test
    @DisplayName("a late failure was done; a removal that fails late has stopped the container")
    void lateFailures() {
        String id = running("a");
        engine.script().faults(call -> new EngineFault(EngineFault.Kind.FAIL_LATE, Duration.ZERO));
        failure(settled(runtime.remove(id, Duration.ZERO)));
        assertThat(container().state()).isEqualTo(ContainerState.EXITED);
        failure(settled(runtime.start(id)));
        assertThat(container().state()).isEqualTo(ContainerState.RUNNING);
        engine.script().faults(call -> new EngineFault(EngineFault.Kind.HANG_LATE, Duration.ZERO));
        assertThat(failure(settled(runtime.remove(id, Duration.ZERO))).code()).isEqualTo(ErrorCode.RUNTIME_UNAVAILABLE);
        assertThat(engine.containers()).isEmpty();
    }

    @Test
    @DisplayName(
            "a killed engine's containers run on until it starts again; then they have ended; the agent is told of both")
    void engineRestart() {
        AtomicInteger told = new AtomicInteger();
        running("a");
        queue.runFor(Duration.ofSeconds(1));
        runtime.onChange(told::incrementAndGet);
        engine.kill();
        assertThat(failure(settled(runtime.snapshot("c"))).code()).isEqualTo(ErrorCode.RUNTIME_UNAVAILABLE);
        assertThat(container().state()).isEqualTo(ContainerState.RUNNING);
        assertThat(told).hasValue(1);
        engine.start();
        queue.runFor(Duration.ofSeconds(1));
        assertThat(told).hasValue(2);
        assertThat(container().state()).isEqualTo(ContainerState.EXITED);
        assertThat(container().exit()).isEqualTo("exit code 137");
    }

    @Test
    @DisplayName("without its registry it gives what is there and says so, or fails")
    void registryDown() {
        engine.setRegistryUp(false);
        assertThat(await(settled(runtime.pull(new ImageRequest(IMAGE, PullPolicy.ALWAYS, null))))
                        .note())
                .isNotEmpty();
        assertThat(failure(settled(runtime.pull(new ImageRequest("nginx:1", PullPolicy.MISSING, null))))
                        .code())
                .isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
    }

    @Test
    @DisplayName("the history counts starts and the most that ran at once")
    void history() {
        String a = running("a");
        running("b", "exit 3");
        queue.runFor(Duration.ofSeconds(1));
        engine.end(a, 1);
        await(settled(runtime.start(a)));
        EngineHistory history = engine.history();
        assertThat(history.starts(labels -> "a".equals(labels.get(KnitLabels.INSTANCE))))
                .isEqualTo(2);
        assertThat(history.mostAtOnce(labels -> true)).isEqualTo(2);
        assertThat(history.mostAtOnce(labels -> "a".equals(labels.get(KnitLabels.INSTANCE))))
                .isEqualTo(1);
    }

    @Test
    @DisplayName("a list that lags says of an ended container that it runs, and tells no second time")
    void lags() {
        engine.script().listLags(() -> Duration.ofSeconds(2));
        AtomicInteger told = new AtomicInteger();
        runtime.onChange(told::incrementAndGet);
        String id = running("a");
        queue.runFor(Duration.ofMillis(1));
        int before = told.get();
        engine.end(id, 3);
        assertThat(container().state()).isEqualTo(ContainerState.EXITED);
        queue.runFor(Duration.ofMillis(1_990));
        assertThat(listed().state()).isEqualTo(ContainerState.RUNNING);
        queue.runFor(Duration.ofMillis(20));
        assertThat(listed())
                .extracting(ContainerSnapshot::state, ContainerSnapshot::exit)
                .containsExactly(ContainerState.EXITED, "exit code 3");
        assertThat(told.get() - before).isEqualTo(1);
    }

    @Test
    @DisplayName("a paused container is shown as such until it runs on")
    void pauses() {
        String id = running("a");
        engine.pause(id, true);
        assertThat(listed().state()).isEqualTo(ContainerState.PAUSED);
        engine.pause(id, false);
        assertThat(listed().state()).isEqualTo(ContainerState.RUNNING);
    }

    private ContainerSnapshot listed() {
        return await(settled(runtime.snapshot("c"))).containers().get(0);
    }
}
