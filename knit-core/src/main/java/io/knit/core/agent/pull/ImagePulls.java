package io.knit.core.agent.pull;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.core.rules.ImageReference;
import io.knit.core.wire.SealedPassword;
import io.vertx.core.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Fetches images: the one that the instance's revision runs everywhere, as whom it is said – by the spec, else by who answers for the registry at the time. Only on the loop.
 */
public final class ImagePulls {
    private final Loop loop;
    private final Logins logins;
    private final Pinning pins;
    private final Consumer<String> fetched;

    /** @param fetched hears of each image that was not here and is now */
    public ImagePulls(Loop loop, Logins logins, Pinning pins, Consumer<String> fetched) {
        this.fetched = fetched;
        this.loop = loop;
        this.logins = logins;
        this.pins = pins;
    }

    /**
     * What is there now.
     *
     * @param image by which containers are made of it: that of the spec, with the digest if all instances of the revision run one
     */
    public record Fetched(PulledImage pulled, String image) {}

    /**
     * Fetches an instance's image. Where a login can't be had it is fetched without: what is there serves, and a registry may give it to anybody; if not, the words say what is missing.
     *
     * @param image as the spec names it
     * @param auth of the spec; null: it says none
     * @param pull has the runtime do it; may be asked several times
     */
    public Future<Fetched> pull(
            String instance,
            String image,
            PullPolicy policy,
            @Nullable RegistryAuth auth,
            Function<ImageRequest, Future<PulledImage>> pull) {
        Pull it = new Pull(instance, image, policy, auth, pull);
        if (policy == PullPolicy.NEVER || ImageReference.hasDigest(image)) {
            return it.fetch(image).map(pulled -> new Fetched(pulled, image));
        }
        // nobody is asked for an image, or a login, for the sake of one that is there, but whether it is the right one
        return it.asked(new ImageRequest(image, PullPolicy.NEVER, null))
                .map(here -> it.mayTake(here) ? it.agree(here) : it.askFirst(here))
                .recover(why -> isMissing(why) ? Future.succeededFuture(it.askFirst(null)) : Future.failedFuture(why))
                .compose(then -> then);
    }

    /** Fetches an image that is not pinned for a revision: that of a part. */
    public Future<PulledImage> byTag(
            String instance,
            String image,
            PullPolicy policy,
            @Nullable RegistryAuth auth,
            Function<ImageRequest, Future<PulledImage>> pull) {
        return new Pull(instance, image, policy, auth, pull).fetch(image);
    }

    private static boolean isMissing(Throwable why) {
        return why instanceof KnitException known && known.code() == ErrorCode.IMAGE_UNAVAILABLE;
    }

    private static Throwable with(KnitException why, String words) {
        return new KnitException(why.code(), why.getMessage() + "; " + words, why);
    }

    /** One pull. */
    private final class Pull {
        private final String instance;
        private final String image;
        private final PullPolicy policy;
        private final @Nullable RegistryAuth auth;
        private final Function<ImageRequest, Future<PulledImage>> runtime;

        Pull(
                String instance,
                String image,
                PullPolicy policy,
                @Nullable RegistryAuth auth,
                Function<ImageRequest, Future<PulledImage>> runtime) {
            this.instance = instance;
            this.image = image;
            this.policy = policy;
            this.auth = auth;
            this.runtime = runtime;
        }

        /** Not what was fetched for another container's platform, perhaps. */
        boolean mayTake(PulledImage here) {
            return policy != PullPolicy.ALWAYS && here.other().isEmpty();
        }

        /** @param here what is there by its name; null: nothing */
        Future<Fetched> askFirst(@Nullable PulledImage here) {
            return pins.of(instance, null)
                    .compose(digest -> digest.isEmpty() ? fetch(image, here).compose(this::agree) : exactly(digest));
        }

        /** It goes on with the image that is here, unless another one was taken for the revision. */
        Future<Fetched> agree(PulledImage here) {
            if (here.digest().isEmpty()) {
                // made on the node or loaded there: no other node could have it by a digest
                return Future.succeededFuture(new Fetched(here, image));
            }
            return pins.of(instance, here.digest()).compose(digest -> {
                if (digest.isEmpty()) {
                    return Future.succeededFuture(new Fetched(here, image));
                }
                return digest.equals(here.digest())
                        ? Future.succeededFuture(new Fetched(here, ImageReference.pinned(image, digest)))
                        : exactly(digest);
            });
        }

        private Future<Fetched> exactly(String digest) {
            String pinned = ImageReference.pinned(image, digest);
            return fetch(pinned).map(pulled -> new Fetched(pulled, pinned)).recover(why -> {
                boolean missing = isMissing(why) && why instanceof KnitException;
                return Future.failedFuture(
                        missing
                                ? with(
                                        (KnitException) why,
                                        "all instances of a revision run the same image; knit restart --pull takes what "
                                                + image + " is now")
                                : why);
            });
        }

        /** By the policy; nobody is asked for the sake of an image that is there. */
        Future<PulledImage> fetch(String what) {
            if (policy == PullPolicy.NEVER) {
                return asked(new ImageRequest(what, policy, null));
            }
            return asked(new ImageRequest(what, PullPolicy.NEVER, null))
                    .map(here -> mayTake(here) ? Future.succeededFuture(here) : fetch(what, here))
                    .recover(why ->
                            isMissing(why) ? Future.succeededFuture(fetch(what, null)) : Future.failedFuture(why))
                    .compose(then -> then);
        }

        /** @param here what is there by that name, and is looked for anew; null: nothing */
        private Future<PulledImage> fetch(String what, @Nullable PulledImage here) {
            SealedPassword sealed = SealedPassword.in(auth);
            Future<PulledImage> got = sealed != null
                    ? without(what, sealed.words())
                    : auth != null ? asked(new ImageRequest(what, policy, auth)) : loggedIn(what);
            return got.onSuccess(now -> tell(what, here, now));
        }

        /** A tag that moves on leaves its image by the digest. */
        private void tell(String what, @Nullable PulledImage before, PulledImage now) {
            if (before == null) {
                fetched.accept(what);
            }
            boolean another = before == null || !before.digest().equals(now.digest());
            if (another && !now.digest().isEmpty() && !ImageReference.hasDigest(what)) {
                fetched.accept(ImageReference.pinned(what, now.digest()));
            }
        }

        private Future<PulledImage> loggedIn(String what) {
            return logins.of(ImageReference.registry(what))
                    .compose(login -> login.why().isEmpty()
                            ? asked(new ImageRequest(what, policy, login.auth()))
                            : without(what, login.why()));
        }

        private Future<PulledImage> without(String what, String why) {
            return asked(new ImageRequest(what, policy, null))
                    .recover(e -> Future.failedFuture(
                            e instanceof KnitException known && isMissing(e) ? with(known, why) : e));
        }

        Future<PulledImage> asked(ImageRequest request) {
            return loop.bring(runtime.apply(request));
        }
    }
}
