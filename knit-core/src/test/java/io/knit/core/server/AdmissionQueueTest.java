package io.knit.core.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.core.loop.VertxLoop;
import io.knit.core.server.admission.SourceFiles;
import io.knit.core.server.hooks.SpecRules;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionQueueTest {
    private final Vertx vertx = Vertx.vertx();
    private final VertxLoop loop = new VertxLoop(vertx);
    private final CountDownLatch slow = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final SpecRules none = new SpecRules(loop, List.of());
    private final AdmissionQueue queue = new AdmissionQueue(loop, (spec, files) -> admit(spec), none);

    private AdmissionQueue queueOf(UnaryOperator<DeploymentSpec> admission) {
        return new AdmissionQueue(loop, (spec, files) -> admission.apply(spec), none);
    }

    private DeploymentSpec admit(DeploymentSpec spec) {
        if (!spec.templates().isEmpty()) {
            begun.countDown();
            try {
                slow.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }
        return spec;
    }

    @AfterEach
    void close() {
        slow.countDown();
        loop.close();
        vertx.close().await();
    }

    private static DeploymentSpec withTemplate(String name) {
        return DeploymentSpec.builder(name, "x:1").template("/a", "slow").build();
    }

    @Test
    void slowTemplatesHoldUpNoPlainDeployment() {
        List<Future<DeploymentSpec>> waiting = new ArrayList<>();
        for (int i = 0; i < AdmissionQueue.MAX_TRYING; i++) {
            waiting.add(queue.admit(withTemplate("web-" + i), SourceFiles.UNKNOWN));
        }
        Future<DeploymentSpec> plain =
                queue.admit(DeploymentSpec.builder("plain", "x:1").build(), SourceFiles.UNKNOWN);
        await().until(plain::succeeded);
        assertThat(waiting).noneMatch(Future::isComplete);

        Future<DeploymentSpec> tooMany = queue.admit(withTemplate("late"), SourceFiles.UNKNOWN);
        await().until(tooMany::failed);
        assertThat(tooMany.cause())
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));

        slow.countDown();
        await().until(() -> waiting.stream().allMatch(Future::succeeded));
        Future<DeploymentSpec> again = queue.admit(withTemplate("late"), SourceFiles.UNKNOWN);
        await().until(again::succeeded);
    }

    @Test
    void aSmallSpecIsLookedAtByWhoBringsItAndALargeOneIsNot() {
        List<Thread> lookedAt = new CopyOnWriteArrayList<>();
        AdmissionQueue noting = queueOf(spec -> {
            lookedAt.add(Thread.currentThread());
            return spec;
        });
        DeploymentSpecBuilder large = DeploymentSpec.builder("large", "x:1");
        for (int i = 0; i < 1_000; i++) {
            large.env("KEY_" + i, "value");
        }

        assertThat(noting.admit(DeploymentSpec.builder("small", "x:1").build(), SourceFiles.UNKNOWN)
                        .succeeded())
                .isTrue();
        Future<DeploymentSpec> later = noting.admit(large.build(), SourceFiles.UNKNOWN);
        await().until(later::succeeded);

        assertThat(lookedAt).hasSize(2);
        assertThat(lookedAt.get(0)).isSameAs(Thread.currentThread());
        assertThat(lookedAt.get(1)).isNotSameAs(Thread.currentThread());
    }

    @Test
    void aRefusalOfASmallSpecFailsTheFuture() {
        AdmissionQueue refusing = queueOf(spec -> {
            throw new KnitException(ErrorCode.INVALID_VALUE, "not this");
        });
        assertThat(refusing.admit(DeploymentSpec.builder("small", "x:1").build(), SourceFiles.UNKNOWN)
                        .cause())
                .hasMessage("not this");
    }

    @Test
    void closingEndsWhatIsTried() throws Exception {
        queue.admit(withTemplate("web"), SourceFiles.UNKNOWN);
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        loop.close();
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        Future<DeploymentSpec> late = queue.admit(withTemplate("late"), SourceFiles.UNKNOWN);
        await().until(late::failed);
    }
}
