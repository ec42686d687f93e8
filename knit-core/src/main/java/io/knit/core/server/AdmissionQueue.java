package io.knit.core.server;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.core.plugin.Foreign;
import io.knit.core.server.admission.SourceFiles;
import io.knit.core.server.hooks.SpecRules;
import io.vertx.core.Future;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/**
 * Runs admission off the loop. A small spec is looked at by whoever brings it, which takes less than handing it over to somebody else. What has templates
 * is tried on threads for that alone, one after another: it must not hold up a deployment that has none. Thread-safe.
 */
final class AdmissionQueue {
    /** Deployments whose templates are tried or wait for it; half a second each at worst. */
    static final int MAX_TRYING = 100;

    /** Of words and entries; looking at them takes microseconds. */
    private static final int SMALL = 200;

    private final Loop loop;
    private final BiFunction<DeploymentSpec, SourceFiles, DeploymentSpec> admission;
    private final SpecRules rules;
    private final AtomicInteger trying = new AtomicInteger();

    AdmissionQueue(Loop loop, BiFunction<DeploymentSpec, SourceFiles, DeploymentSpec> admission, SpecRules rules) {
        this.loop = loop;
        this.rules = rules;
        this.admission = admission;
    }

    /** The spec as it was admitted, by Knit's rules and then by its embedder's; fails with {@code BUSY} if too many are tried already. */
    Future<DeploymentSpec> admit(DeploymentSpec spec, SourceFiles files) {
        return byOurs(spec, files).compose(rules::ask);
    }

    /** Whether its embedder has rules at all. */
    boolean hasRules() {
        return !rules.isEmpty();
    }

    /** What was made of a spec that Knit's rules have admitted, as its embedder's admit it. */
    Future<DeploymentSpec> judge(DeploymentSpec made) {
        return rules.ask(made);
    }

    private Future<DeploymentSpec> byOurs(DeploymentSpec spec, SourceFiles files) {
        Callable<DeploymentSpec> check = () -> admission.apply(spec, files);
        if (spec.templates().isEmpty()) {
            return isSmall(spec) ? admitted(spec) : loop.blocking(check);
        }
        if (trying.incrementAndGet() > MAX_TRYING) {
            trying.decrementAndGet();
            return Future.failedFuture(new KnitException(
                    ErrorCode.BUSY,
                    "the templates of " + MAX_TRYING
                            + " deployments wait to be tried; send this one again in a while"));
        }
        return loop.computing(check).onComplete(done -> trying.decrementAndGet());
    }

    private static boolean isSmall(DeploymentSpec spec) {
        if (!spec.envFrom().stream().allMatch(source -> source.file().isEmpty())) {
            return false; // whose lines are looked at
        }
        int parts = spec.command().size()
                + spec.args().size()
                + spec.env().size()
                + spec.labels().size();
        return parts + spec.nodeSelector().size() + spec.published().size() <= SMALL;
    }

    private Future<DeploymentSpec> admitted(DeploymentSpec spec) {
        return Foreign.call(
                () -> Future.succeededFuture(admission.apply(spec, SourceFiles.UNKNOWN)), Future::failedFuture);
    }
}
