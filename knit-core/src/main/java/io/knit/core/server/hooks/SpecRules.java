package io.knit.core.server.hooks;

import io.knit.api.embed.SpecRefusal;
import io.knit.api.embed.SpecRule;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.core.plugin.Foreign;
import io.knit.core.server.admission.Refusals;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the rules of who embeds the server, on a few threads that do nothing else: they may block, and neither the control loop nor anybody who brings a spec
 * that waits for none of them shall wait for it. Thread-safe.
 */
public final class SpecRules {
    /** Specs that are judged or wait for it. */
    static final int MOST_WAITING = 100;

    private static final Logger LOG = LoggerFactory.getLogger(SpecRules.class);
    private static final int THREADS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Loop loop;
    private final List<SpecRule> rules;
    private final HookThreads threads;
    private final Duration patience;
    private final AtomicInteger waiting = new AtomicInteger();

    public SpecRules(Loop loop, List<SpecRule> rules) {
        this(loop, rules, PATIENCE);
    }

    SpecRules(Loop loop, List<SpecRule> rules, Duration patience) {
        this.loop = loop;
        this.rules = rules;
        this.patience = patience;
        this.threads = new HookThreads(loop, "knit-rule", THREADS);
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** The spec, if no rule has anything against it; fails with all that they have. */
    public Future<DeploymentSpec> ask(DeploymentSpec spec) {
        if (rules.isEmpty()) {
            return Future.succeededFuture(spec);
        }
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            return Future.failedFuture(new KnitException(
                    ErrorCode.BUSY,
                    MOST_WAITING + " deployments wait for the rules of this server; send this one again in a while"));
        }
        Promise<DeploymentSpec> answer = Promise.promise();
        FutureTask<Boolean> judging = new FutureTask<>(() -> judge(spec, answer));
        threads.execute(judging);
        Loop.Timer late = loop.after(patience, () -> {
            if (answer.tryFail(late())) {
                judging.cancel(true);
                threads.forget(judging);
            }
        });
        return answer.future().onComplete(done -> {
            waiting.decrementAndGet();
            late.cancel();
        });
    }

    private KnitException late() {
        return new KnitException(
                ErrorCode.PLUGIN_FAILED,
                "a rule that this server was built with did not answer within " + patience.toSeconds()
                        + " s; nothing was changed: tell who runs the server");
    }

    private boolean judge(DeploymentSpec spec, Promise<DeploymentSpec> answer) {
        return Foreign.call(() -> refusals(spec), e -> failed(spec, e))
                .map(answer::tryFail)
                .orElseGet(() -> answer.tryComplete(spec));
    }

    private Optional<KnitException> refusals(DeploymentSpec spec) {
        Refusals refusals = new Refusals();
        for (SpecRule rule : rules) {
            for (SpecRefusal refusal : rule.refusals(spec)) {
                refusals.add(refusal.pointer(), ErrorCode.INVALID_VALUE, refusal.words());
            }
        }
        return refusals.asOne();
    }

    /** The message is for who wrote the rule, and may tell a stranger too much. */
    private static Optional<KnitException> failed(DeploymentSpec spec, Throwable e) {
        LOG.error("A rule failed on the spec of {}, which is refused", spec.name(), e);
        return Optional.of(new KnitException(
                ErrorCode.PLUGIN_FAILED,
                "a rule that this server was built with failed ("
                        + e.getClass().getSimpleName()
                        + "), so nothing was changed: tell who runs the server, whose log says more",
                e));
    }

    /** Specs that no rule has begun with. */
    int notBegun() {
        return threads.waiting();
    }

    public void close() {
        threads.close();
    }
}
