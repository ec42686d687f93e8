package io.knit.core.agent.pull;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.core.wire.SealedPassword;
import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** As whom an image is fetched. */
public final class PullAuth {
    private PullAuth() {}

    /**
     * Fetches an image. Where the server can't open the password it is fetched without: what is there serves, and a registry may give it to anybody; if not, the words say what is
     * missing.
     *
     * @param auth of the spec
     */
    public static <T> Future<T> with(
            String image, PullPolicy policy, @Nullable RegistryAuth auth, Function<ImageRequest, Future<T>> pull) {
        SealedPassword sealed = SealedPassword.in(auth);
        if (sealed == null) {
            return pull.apply(new ImageRequest(image, policy, auth));
        }
        return pull.apply(new ImageRequest(image, policy, null))
                .recover(why -> Future.failedFuture(
                        why instanceof KnitException known && known.code() == ErrorCode.IMAGE_UNAVAILABLE
                                ? new KnitException(known.code(), known.getMessage() + "; " + sealed.words(), why)
                                : why));
    }
}
