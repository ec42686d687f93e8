package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.embed.SpecRefusal;
import io.knit.api.error.ErrorCode;
import io.knit.api.foresight.Scenario;
import io.knit.api.history.HistoryQuery;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.KnitServer;
import io.knit.core.KnitServerBuilder;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On real threads: who asks a server that ends, or has ended, is told so, whatever his question waits for. */
class CommandsAfterCloseTest {
    private static final DeploymentSpec WEB =
            DeploymentSpec.builder("web", "web:1").build();
    /** Tried on threads of its own. */
    private static final DeploymentSpec RENDERED = DeploymentSpec.builder("rendered", "web:1")
            .template("/etc/web.conf", "{{ node.id }}")
            .build();

    @TempDir
    Path dir;

    private final InMemoryBus bus = new InMemoryBus(new SimulatedLoop(new EventQueue(1)));

    private KnitServerBuilder builder() {
        return KnitServer.builder()
                .withoutHttp()
                .dataDir(dir)
                .store(InMemoryStore.create())
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none());
    }

    private static void assertClosed(List<Future<?>> answers) {
        assertThat(answers)
                .allSatisfy(answer -> assertThat(Futures.failure(answer).code()).isEqualTo(ErrorCode.CLOSED));
    }

    private static List<Future<?>> everything(KnitServer server) {
        Scenario scenario = Scenario.of(new Scenario.Run(new Command.Deploy(WEB)));
        return List.of(
                server.deploy(WEB),
                server.deploy(RENDERED),
                server.scale("web", 2),
                server.plan(new Command.Deploy(WEB), Caller.PROGRAM),
                server.render(RENDERED, null, Caller.PROGRAM),
                server.simulate(scenario, Caller.PROGRAM),
                server.incident(Caller.PROGRAM),
                server.tryWebhook("none", Caller.PROGRAM),
                server.backup(Caller.PROGRAM),
                server.explain("web"),
                server.explainInstance("web-0-x"),
                server.deploymentAt("web", Instant.EPOCH),
                server.history(HistoryQuery.NEWEST));
    }

    @Test
    @DisplayName("before the start, and after the end of all of it")
    void notThere() {
        KnitServer server = builder().build();
        assertClosed(everything(server));
        Futures.await(server.start());
        Futures.await(server.close());
        assertClosed(everything(server));
    }

    @Test
    @DisplayName("with a rule, on a Vert.x that goes on")
    void withRule() {
        Vertx vertx = Vertx.vertx();
        try {
            KnitServer server =
                    builder().vertx(vertx).admission(spec -> List.of()).build();
            Futures.await(server.start());
            Futures.await(server.close());
            assertClosed(everything(server));
        } finally {
            Futures.await(vertx.close());
        }
    }

    @Test
    @DisplayName("while rules are asked, and others wait for that")
    void heldByARule() throws InterruptedException {
        Semaphore asked = new Semaphore(0);
        CountDownLatch never = new CountDownLatch(1);
        KnitServer server = builder().admission(spec -> held(asked, never)).build();
        Futures.await(server.start());
        List<Future<?>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            DeploymentSpec spec = DeploymentSpec.builder("web-" + i, "web:1").build();
            answers.add(server.deploy(spec));
            answers.add(server.plan(new Command.Deploy(spec), Caller.PROGRAM));
        }
        asked.acquire(4);
        // behind one that is asked
        answers.add(server.scale("web-0", 2));
        Futures.await(server.close());
        assertThat(answers).allSatisfy(answer -> assertThat(answer.failed()).isTrue());
        // the four that were asked are interrupted, and say what a rule that fails says
        assertThat(answers.stream().map(Futures::failure).filter(failure -> failure.code() != ErrorCode.CLOSED))
                .hasSizeLessThanOrEqualTo(4)
                .allSatisfy(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.PLUGIN_FAILED));
    }

    private static List<SpecRefusal> held(Semaphore asked, CountDownLatch never) {
        asked.release();
        try {
            never.await();
            return List.of();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("after a start that failed")
    void failedStart() {
        InMemoryStore gone = InMemoryStore.create();
        Futures.await(gone.close());
        KnitServer server = builder().store(gone).build();
        Future<KnitServer> start = server.start();
        Futures.failure(start);
        assertClosed(everything(server));
    }
}
