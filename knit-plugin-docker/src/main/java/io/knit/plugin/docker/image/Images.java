package io.knit.plugin.docker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.HealthCheck;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PullListener;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineFacts;
import io.knit.plugin.docker.engine.Lane;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes sure that images are there. Pulls of one image with the same credentials at the same time are one pull. */
public final class Images {
    private static final int MOST_REMARKS = 256;
    private static final int MOST_SEEN = 256;

    private final Lane reads;
    private final Lane pulls;
    private final Deadlines deadlines;
    private final EngineFacts facts;
    private final Map<Key, UnderWay> underWay = new HashMap<>();
    private final Map<String, String> platformRemarks = new LinkedHashMap<>();
    /** Images that were there when last looked for, the oldest first. */
    private final Map<Wanted, Seen> seen = new LinkedHashMap<>();

    /** A pull and all who hear of it. */
    private record UnderWay(Future<String> pull, PullListeners listeners) {}

    private record Key(Wanted wanted, @Nullable RegistryAuth auth) {}

    private record Wanted(String image, String platform) {
        static Wanted of(ImageRequest request) {
            return new Wanted(request.image(), request.platform());
        }
    }

    public Images(Lane reads, Lane pulls, Deadlines deadlines, EngineFacts facts) {
        this.reads = reads;
        this.pulls = pulls;
        this.deadlines = deadlines;
        this.facts = facts;
    }

    /** Also says whether the image is for this engine's CPU, and refuses one that surely is not. */
    public Future<PulledImage> prepare(ImageRequest request, PlatformCheck check) {
        String image = request.image();
        // what runs is to give way for it: no old look will do
        gone(image);
        return obtain(request, PullListener.ofRemarks(remark -> {}))
                .compose(pulled -> facts.get()
                        .compose(engine -> reads.call(
                                "looking at image " + image,
                                deadlines.read(),
                                client -> check.judge(client, image, engine)))
                        .map(remark -> {
                            remember(image, remark);
                            return with(pulled, remark);
                        }));
    }

    /** What was said of an image belongs to the containers that are made of it, too. */
    private void remember(String image, String remark) {
        synchronized (platformRemarks) {
            platformRemarks.remove(image);
            if (!remark.isEmpty()) {
                platformRemarks.put(image, remark);
            }
            if (platformRemarks.size() > MOST_REMARKS) {
                platformRemarks.remove(platformRemarks.keySet().iterator().next());
            }
        }
    }

    private String remembered(String image) {
        synchronized (platformRemarks) {
            return platformRemarks.getOrDefault(image, "");
        }
    }

    public Future<PulledImage> pull(ImageRequest request, PullListener listener) {
        return obtain(request, listener).map(pulled -> with(pulled, remembered(request.image())));
    }

    private static PulledImage with(PulledImage pulled, String remark) {
        if (remark.isEmpty()) {
            return pulled;
        }
        return new PulledImage(
                pulled.note().isEmpty() ? remark : pulled.note() + "; " + remark,
                pulled.checked(),
                pulled.digest(),
                pulled.other());
    }

    private Future<PulledImage> obtain(ImageRequest request, PullListener listener) {
        return switch (request.policy()) {
            case ALWAYS ->
                fromRegistry(request, listener)
                        .compose(digest -> looked(request, digest))
                        .recover(why -> presentInstead(request, why));
            case MISSING ->
                present(request)
                        .compose(look -> look.there() && look.other().isEmpty()
                                ? Future.succeededFuture(look.quietly())
                                : fromRegistry(request, listener)
                                        .compose(digest -> looked(request, digest))
                                        .recover(why ->
                                                look.there() ? ratherThanNone(request, look, why) : neither(why)));
            case NEVER ->
                present(request)
                        .compose(look -> look.there()
                                ? Future.succeededFuture(look.quietly())
                                : Future.failedFuture(absent(request, look.other())));
        };
    }

    /**
     * What the engine has of an image.
     *
     * @param checked whether it has a check of its own
     * @param digest by which its registry has it; empty: it is of none
     * @param other the platform that it is for, which is not the one that is wanted; empty: it is. Where none is wanted it is there all the same,
     *     and perhaps fetched for another container than the one that it is wanted for
     */
    private record Seen(boolean there, boolean checked, String digest, String other) {
        PulledImage quietly() {
            return new PulledImage("", checked, digest, other);
        }
    }

    /** Of one that was fetched just now, and may be another than before. */
    private Future<PulledImage> looked(ImageRequest request, String digest) {
        moved(request.image(), digest);
        return present(request, true)
                .otherwise(new Seen(false, false, "", ""))
                .compose(look -> look.other().isEmpty()
                        ? named(request, digest, look)
                        : Future.failedFuture(new KnitException(
                                ErrorCode.IMAGE_UNAVAILABLE,
                                "the image " + request.image() + " is for " + look.other()
                                        + ", and its registry has none by that name for " + request.platform()
                                        + ", which platform wants")));
    }

    /**
     * Of a list of platforms an engine has the first image that it pulled by the list's digest, until another is pulled by that itself: without a digest it
     * would be taken for one of no registry. All that this fetches is there already.
     */
    private Future<PulledImage> named(ImageRequest request, String digest, Seen look) {
        if (digest.isEmpty() || !look.digest().isEmpty() || request.image().contains("@")) {
            return Future.succeededFuture(look.quietly());
        }
        ImageRequest pinned =
                new ImageRequest(request.image() + "@" + digest, request.policy(), request.auth(), request.platform());
        return fromRegistry(pinned, PullListener.ofRemarks(remark -> {}))
                .compose(again -> {
                    moved(request.image(), digest);
                    return present(request, true);
                })
                .map(Seen::quietly)
                .otherwise(look.quietly());
    }

    /** One that was seen is taken to be there still: each container of it would cost a look, and its creation tells if it is gone. */
    private Future<Seen> present(ImageRequest request) {
        return present(request, false);
    }

    /** @param fetched whether it was just now, for its platform */
    private Future<Seen> present(ImageRequest request, boolean fetched) {
        Wanted wanted = Wanted.of(request);
        synchronized (seen) {
            Seen known = seen.get(wanted);
            if (known != null) {
                return Future.succeededFuture(known);
            }
        }
        return wanted(request, fetched)
                .compose(platform -> reads.call(
                        "looking for image " + request.image(),
                        deadlines.read(),
                        client -> look(client, request, fetched, platform)))
                .onSuccess(look -> {
                    if (look.there() && look.other().isEmpty()) {
                        saw(wanted, look);
                    }
                });
    }

    /** Unless it is told, or was given all that there is just now, the engine's own; empty: any. */
    private Future<String> wanted(ImageRequest request, boolean fetched) {
        return !request.platform().isEmpty() || fetched
                ? Future.succeededFuture(request.platform())
                : facts.get().map(PlatformCheck::own).otherwise("");
    }

    private void saw(Wanted wanted, Seen look) {
        synchronized (seen) {
            // of one name an engine may have one image alone
            seen.keySet().removeIf(other -> other.image().equals(wanted.image()));
            seen.put(wanted, look);
            if (seen.size() > MOST_SEEN) {
                seen.remove(seen.keySet().iterator().next());
            }
        }
    }

    /** It turned out not to be there: it is looked for the next time. */
    public void gone(String image) {
        synchronized (seen) {
            seen.keySet().removeIf(wanted -> wanted.image().equals(image));
        }
    }

    /** As an engine has one image by a name, one that was fetched by it takes it from another, also the list's digest. */
    private void moved(String image, String digest) {
        synchronized (seen) {
            seen.entrySet()
                    .removeIf(each -> each.getKey().image().equals(image)
                            || !digest.isEmpty() && each.getValue().digest().equals(digest));
        }
    }

    private static Seen look(DockerClient client, ImageRequest request, boolean fetched, String platform) {
        try {
            InspectImageResponse image = client.inspectImageCmd(request.image()).exec();
            String digest = RepoDigests.of(request.image(), image.getRepoDigests());
            boolean asked = !request.platform().isEmpty();
            // one of no registry was pulled for nobody
            boolean other = (asked || !digest.isEmpty())
                    && !(asked ? PlatformCheck.isFor(platform, image) : PlatformCheck.isOwn(platform, image))
                    && !(fetched && PlatformCheck.mayBeOneOfSeveral(image));
            if (other && asked) {
                return new Seen(false, false, "", PlatformCheck.platform(image));
            }
            ContainerConfig config = image.getConfig();
            HealthCheck check = config == null ? null : config.getHealthcheck();
            List<String> test = check == null ? null : check.getTest();
            return new Seen(
                    true,
                    test != null && !test.isEmpty() && !test.get(0).equals("NONE"),
                    digest,
                    other ? PlatformCheck.platform(image) : "");
        } catch (NotFoundException e) {
            return new Seen(false, false, "", "");
        }
    }

    private Future<String> fromRegistry(ImageRequest request, PullListener listener) {
        Key key = new Key(Wanted.of(request), request.auth());
        Future<String> pull;
        synchronized (underWay) {
            UnderWay joined = underWay.get(key);
            if (joined != null) {
                joined.listeners().add(listener);
                return joined.pull();
            }
            PullListeners all = new PullListeners();
            all.add(listener);
            // the pull's own limit comes first, for it knows what to say
            pull = pulls.call(
                    "pulling image " + request.image(),
                    deadlines.pull().plus(deadlines.read()),
                    new ImagePull(request, deadlines.pullStall(), deadlines.pull(), all));
            underWay.put(key, new UnderWay(pull, all));
        }
        pull.onComplete(ended -> {
            synchronized (underWay) {
                underWay.values().removeIf(each -> each.pull() == pull);
            }
        });
        return pull;
    }

    /** A registry that can't be reached stops no deployment whose image is on the node; one that refuses does. */
    private Future<PulledImage> presentInstead(ImageRequest request, Throwable why) {
        if (!(why instanceof PullFailure failure) || failure.trouble() != PullTrouble.UNREACHABLE) {
            return Future.failedFuture(why);
        }
        return present(request)
                .compose(look ->
                        look.there() ? Future.succeededFuture(instead(look, failure)) : Future.failedFuture(why));
    }

    private static PulledImage instead(Seen look, PullFailure failure) {
        return new PulledImage(
                failure.trouble().words() + failure.detail() + "; the image present on the node is used"
                        + (look.other().isEmpty() ? "" : ", which is for " + look.other()),
                look.checked(),
                look.digest());
    }

    /** What is for another CPU than the engine's, and wanted for none, is used where there is no other: silently if there surely is none. */
    private Future<PulledImage> ratherThanNone(ImageRequest request, Seen look, Throwable why) {
        if (!(why instanceof PullFailure failure)) {
            return Future.failedFuture(why);
        }
        if (!failure.isUnknown() && failure.trouble() != PullTrouble.PLATFORM) {
            return Future.succeededFuture(instead(look, failure));
        }
        saw(Wanted.of(request), new Seen(true, look.checked(), look.digest(), ""));
        return Future.succeededFuture(new PulledImage("", look.checked(), look.digest()));
    }

    /** Of one that is not here, either: it may be of no registry, and pushed to other nodes alone. */
    private static <T> Future<T> neither(Throwable why) {
        return Future.failedFuture(
                why instanceof PullFailure failure && failure.isUnknown()
                        ? new KnitException(
                                failure.code(),
                                failure.getMessage()
                                        + "; it is not on this node either: knit image push gives it what no registry has",
                                failure)
                        : why);
    }

    private static KnitException absent(ImageRequest request, String other) {
        if (!other.isEmpty()) {
            return new KnitException(
                    ErrorCode.IMAGE_UNAVAILABLE,
                    "the image " + request.image() + " on the node is for " + other + ", platform wants "
                            + request.platform() + ", and it may not be pulled (pull: never); "
                            + "push that there (knit image push), or use pull: missing");
        }
        return new KnitException(
                ErrorCode.IMAGE_UNAVAILABLE,
                "the image " + request.image() + " is not on the node and may not be pulled (pull: never); "
                        + "push it there (knit image push), or use pull: missing");
    }
}
