package io.knit.core.server.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.api.embed.SpecRefusal;
import io.knit.api.embed.SpecRule;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.loop.VertxLoop;
import io.knit.core.plugin.ForeignTest;
import io.knit.core.server.admission.Refusals;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpecRulesTest {
    private static final DeploymentSpec SPEC =
            DeploymentSpec.builder("web", "nginx:1").build();
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Vertx vertx = Vertx.vertx();
    private final VertxLoop loop = new VertxLoop(vertx);
    private final CountDownLatch held = new CountDownLatch(1);
    private final List<SpecRules> made = new ArrayList<>();

    @AfterEach
    void close() {
        made.forEach(SpecRules::close);
        loop.close();
        vertx.close().await();
    }

    private SpecRules rules(Duration patience, SpecRule... all) {
        SpecRules rules = new SpecRules(loop, List.of(all), patience);
        made.add(rules);
        return rules;
    }

    private static KnitException refusal(Future<?> answer) {
        await().until(answer::failed);
        return (KnitException) answer.cause();
    }

    private List<SpecRefusal> hold() {
        try {
            held.await();
            return List.of();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatNobodyHasSomethingAgainstIsTaken() {
        Future<DeploymentSpec> answer =
                rules(LONG, spec -> List.of(), spec -> List.of()).ask(SPEC);

        await().until(answer::isComplete);
        assertThat(answer.result()).isSameAs(SPEC);
    }

    @Test
    void allThatAllRulesHaveIsToldAtOnce() {
        SpecRules rules = rules(
                LONG,
                spec -> List.of(
                        new SpecRefusal("/image", "no " + spec.image()),
                        new SpecRefusal("/replicas", "one is too few")),
                spec -> List.of(new SpecRefusal("", "not on a Friday")));

        KnitException refused = refusal(rules.ask(SPEC));

        assertThat(Refusals.of(refused))
                .extracting(KnitException::pointer, KnitException::getMessage)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("/image", "no nginx:1"),
                        org.assertj.core.groups.Tuple.tuple("/replicas", "one is too few"),
                        org.assertj.core.groups.Tuple.tuple("", "not on a Friday"));
        assertThat(Refusals.of(refused))
                .allSatisfy(each -> assertThat(each.code()).isEqualTo(ErrorCode.INVALID_VALUE));
    }

    @ParameterizedTest
    @MethodSource("io.knit.core.plugin.ForeignTest#whateverIsThrown")
    void oneThatFailsRefusesWithoutItsOwnWords(Throwable what) {
        KnitException refused =
                refusal(rules(LONG, spec -> ForeignTest.sneak(what)).ask(SPEC));

        assertThat(refused.code()).isEqualTo(ErrorCode.PLUGIN_FAILED);
        assertThat(refused.getMessage())
                .isEqualTo("a rule that this server was built with failed ("
                        + what.getClass().getSimpleName()
                        + "), so nothing was changed: tell who runs the server, whose log says more");
    }

    @Test
    void oneThatAnswersNullFailsToo() {
        @SuppressWarnings("NullAway") // what a careless lambda does
        SpecRules rules = rules(LONG, spec -> null);

        assertThat(refusal(rules.ask(SPEC)).code()).isEqualTo(ErrorCode.PLUGIN_FAILED);
    }

    @Test
    void oneThatIsSlowIsGivenUpAndReallyEnds() {
        CountDownLatch ended = new CountDownLatch(1);
        KnitException refused = refusal(rules(Duration.ofMillis(50), spec -> {
                    try {
                        return hold();
                    } finally {
                        ended.countDown();
                    }
                })
                .ask(SPEC));

        assertThat(refused.code()).isEqualTo(ErrorCode.PLUGIN_FAILED);
        assertThat(refused.getMessage()).contains("did not answer within");
        await().until(() -> ended.getCount() == 0);
    }

    /** Else each spec that was given up stays in memory as long as they hang. */
    @Test
    void behindRulesThatHangForGoodNothingIsKept() {
        SpecRules rules = rules(Duration.ofMillis(50), spec -> {
            while (held.getCount() > 0) {
                // as one that heeds no interrupt
                LockSupport.parkNanos(1_000_000);
            }
            return List.of();
        });
        List<Future<DeploymentSpec>> asked = new ArrayList<>();
        for (int i = 0; i < SpecRules.MOST_WAITING; i++) {
            asked.add(rules.ask(SPEC));
        }
        try {
            await().until(() -> asked.stream().allMatch(Future::failed));
            await().until(() -> rules.notBegun() == 0);
        } finally {
            held.countDown();
        }
    }

    @Test
    void theLoopGoesOnWhileRulesBlock() {
        List<String> thread = new CopyOnWriteArrayList<>();
        Future<DeploymentSpec> asked = rules(LONG, spec -> {
                    thread.add(Thread.currentThread().getName());
                    return hold();
                })
                .ask(SPEC);
        await().until(() -> !thread.isEmpty());
        CountDownLatch ran = new CountDownLatch(1);
        loop.execute(ran::countDown);

        await().until(() -> ran.getCount() == 0);
        assertThat(thread).containsExactly("knit-rule");
        assertThat(asked.isComplete()).isFalse();
        held.countDown();
        await().until(asked::succeeded);
    }

    @Test
    void howManyWaitIsBounded() {
        SpecRules rules = rules(LONG, spec -> hold());
        List<Future<DeploymentSpec>> waiting = new ArrayList<>();
        for (int i = 0; i < SpecRules.MOST_WAITING; i++) {
            waiting.add(rules.ask(SPEC));
        }

        assertThat(refusal(rules.ask(SPEC)).code()).isEqualTo(ErrorCode.BUSY);

        held.countDown();
        await().until(() -> waiting.stream().allMatch(Future::succeeded));
        Future<DeploymentSpec> again = rules.ask(SPEC);
        await().until(again::succeeded);
    }
}
