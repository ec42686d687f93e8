package io.knit.core.agent.follow;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ExecAbility;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.SignalAbility;
import io.knit.core.agent.output.SecretMask;
import io.vertx.core.Future;
import java.time.Duration;

/** Says to a container that a file of it is another. Only on the loop. */
final class Announcing {
    /** So long a command may take. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final SecretMask.Masking masking;

    Announcing(Loop loop, ContainerRuntime runtime, SecretMask.Masking masking) {
        this.loop = loop;
        this.runtime = runtime;
        this.masking = masking;
    }

    /** Fails with words for a user. */
    Future<Void> say(TemplateSpec template, String instance, String container) {
        try {
            return switch (template.onChange()) {
                case RESTART, NONE -> Future.succeededFuture();
                case SIGNAL ->
                    runtime instanceof SignalAbility able
                            ? loop.bring(able.signal(container, template.signal()))
                            : cant("sends no signals");
                case EXEC ->
                    runtime instanceof ExecAbility able
                            ? loop.bring(able.exec(container, template.exec(), LONGEST))
                                    .compose(result -> ended(instance, result))
                            : cant("runs no commands in containers");
            };
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private Future<Void> ended(String instance, ExecResult result) {
        return result.code() == 0
                ? Future.succeededFuture()
                : masking.of(instance)
                        .compose(mask -> refused("ended with " + result.code() + ": "
                                + mask.of(result.output().strip())));
    }

    private static Future<Void> cant(String what) {
        return refused("the container runtime " + what);
    }

    private static Future<Void> refused(String words) {
        return Future.failedFuture(new KnitException(ErrorCode.RUNTIME_REFUSED, words));
    }
}
