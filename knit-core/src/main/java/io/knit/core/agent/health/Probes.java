package io.knit.core.agent.health;

import io.knit.api.model.HealthSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ExecAbility;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.ProbeAbility;
import io.knit.core.agent.output.SecretMask;
import io.knit.core.wire.PlainText;
import io.vertx.core.Future;
import java.util.Objects;

/** One check, by whoever can do it. */
final class Probes {
    private static final int MOST_OUTPUT = 200;

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final Reach connections;
    private final SecretMask.Masking masking;

    Probes(Loop loop, ContainerRuntime runtime, Reach connections, SecretMask.Masking masking) {
        this.loop = loop;
        this.runtime = runtime;
        this.connections = connections;
        this.masking = masking;
    }

    Future<Outcome> check(Checked it) {
        HealthSpec spec = it.spec();
        try {
            if (!spec.exec().isEmpty()) {
                return exec(it);
            }
            if (runtime instanceof ProbeAbility able) {
                return able.probe(it.container(), spec).map(Outcome::new);
            }
            String address = it.address();
            if (address == null) {
                return Future.succeededFuture(new Outcome(words(spec) + ": its container has no address of its own"));
            }
            return spec.http() != null
                    ? connections.http(address, spec.http(), spec.timeout())
                    : connections.tcp(address, Objects.requireNonNull(spec.tcp()), spec.timeout());
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private Future<Outcome> exec(Checked it) {
        String words = words(it.spec());
        if (runtime instanceof ExecAbility able) {
            return loop.bring(able.check(
                            it.container(), it.spec().exec(), it.spec().timeout()))
                    .compose(result -> result.code() == 0
                            ? Future.succeededFuture(Outcome.WELL)
                            : masking.of(it.instance())
                                    .map(mask -> new Outcome(words + " ended with " + how(result, mask))));
        }
        return Future.succeededFuture(new Outcome(words + ": this node's container runtime runs no commands"));
    }

    private static String how(ExecResult result, SecretMask mask) {
        String said = PlainText.of(mask.of(result.output().strip()), MOST_OUTPUT);
        return "exit code " + result.code() + (said.isEmpty() ? "" : ": " + said);
    }

    /** What is checked, in words. */
    static String words(HealthSpec spec) {
        if (!spec.exec().isEmpty()) {
            return PlainText.of(String.join(" ", spec.exec()), MOST_OUTPUT);
        }
        return spec.http() != null
                ? "GET :" + spec.http().port() + spec.http().path()
                : "port " + Objects.requireNonNull(spec.tcp()).port();
    }
}
