package io.knit.core.agent.pull;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.core.rules.ImageReference;
import io.knit.core.wire.SealedPassword;
import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Fetches images, as whom it is said: by the spec, else by who answers for the registry at the time. Only on the loop. */
public final class ImagePulls {
    private final Loop loop;
    private final Logins logins;

    public ImagePulls(Loop loop, Logins logins) {
        this.loop = loop;
        this.logins = logins;
    }

    /**
     * Fetches an image. Where a login can't be had it is fetched without: what is there serves, and a registry may give it to anybody; if not, the words say what is missing.
     *
     * @param auth of the spec; null: it says none
     * @param pull has the runtime do it; may be asked twice
     */
    public <T> Future<T> pull(
            String image, PullPolicy policy, @Nullable RegistryAuth auth, Function<ImageRequest, Future<T>> pull) {
        SealedPassword sealed = SealedPassword.in(auth);
        if (sealed != null) {
            return without(image, policy, sealed.words(), pull);
        }
        if (auth != null || policy == PullPolicy.NEVER) {
            return asked(new ImageRequest(image, policy, auth), pull);
        }
        return policy == PullPolicy.ALWAYS
                ? loggedIn(image, policy, pull)
                // nobody is asked for the sake of an image that is there
                : asked(new ImageRequest(image, PullPolicy.NEVER, null), pull)
                        .recover(why -> isMissing(why) ? loggedIn(image, policy, pull) : Future.failedFuture(why));
    }

    private <T> Future<T> loggedIn(String image, PullPolicy policy, Function<ImageRequest, Future<T>> pull) {
        return logins.of(ImageReference.registry(image))
                .compose(login -> login.why().isEmpty()
                        ? asked(new ImageRequest(image, policy, login.auth()), pull)
                        : without(image, policy, login.why(), pull));
    }

    private <T> Future<T> without(String image, PullPolicy policy, String why, Function<ImageRequest, Future<T>> pull) {
        return asked(new ImageRequest(image, policy, null), pull)
                .recover(e -> Future.failedFuture(
                        e instanceof KnitException known && isMissing(e)
                                ? new KnitException(known.code(), known.getMessage() + "; " + why, e)
                                : e));
    }

    private <T> Future<T> asked(ImageRequest request, Function<ImageRequest, Future<T>> pull) {
        return loop.bring(pull.apply(request));
    }

    private static boolean isMissing(Throwable why) {
        return why instanceof KnitException known && known.code() == ErrorCode.IMAGE_UNAVAILABLE;
    }
}
