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
    private static final PulledImage QUIETLY = new PulledImage("");

    private static final int MOST_REMARKS = 256;
    private static final int MOST_SEEN = 256;

    private final Lane reads;
    private final Lane pulls;
    private final Deadlines deadlines;
    private final Map<Key, UnderWay> underWay = new HashMap<>();
    private final Map<String, String> platformRemarks = new LinkedHashMap<>();
    /** Images that were there when last looked for, the oldest first. */
    private final Map<String, Seen> seen = new LinkedHashMap<>();

    /** A pull and all who hear of it. */
    private record UnderWay(Future<Boolean> pull, PullListeners listeners) {}

    private record Key(String image, @Nullable RegistryAuth auth) {}

    public Images(Lane reads, Lane pulls, Deadlines deadlines) {
        this.reads = reads;
        this.pulls = pulls;
        this.deadlines = deadlines;
    }

    /** Also says whether the image is for this engine's CPU, and refuses one that surely is not. */
    public Future<PulledImage> prepare(ImageRequest request, PlatformCheck check, EngineFacts facts) {
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
                pulled.note().isEmpty() ? remark : pulled.note() + "; " + remark, pulled.checked(), pulled.digest());
    }

    private Future<PulledImage> obtain(ImageRequest request, PullListener listener) {
        return switch (request.policy()) {
            case ALWAYS ->
                fromRegistry(request, listener)
                        .compose(pulled -> looked(request))
                        .recover(why -> presentInstead(request, why));
            case MISSING ->
                present(request)
                        .compose(look -> look.there()
                                ? Future.succeededFuture(look.quietly())
                                : fromRegistry(request, listener)
                                        .recover(Images::neither)
                                        .compose(pulled -> looked(request)));
            case NEVER ->
                present(request)
                        .compose(look -> look.there()
                                ? Future.succeededFuture(look.quietly())
                                : Future.failedFuture(absent(request)));
        };
    }

    /**
     * What the engine has of an image.
     *
     * @param checked whether it has a check of its own
     * @param digest by which its registry has it; empty: it is of none
     */
    private record Seen(boolean there, boolean checked, String digest) {
        PulledImage quietly() {
            return new PulledImage("", checked, digest);
        }
    }

    /** Of one that was fetched just now, and may be another than before. */
    private Future<PulledImage> looked(ImageRequest request) {
        gone(request.image());
        return present(request).map(Seen::quietly).otherwise(QUIETLY);
    }

    /** One that was seen is taken to be there still: each container of it would cost a look, and its creation tells if it is gone. */
    private Future<Seen> present(ImageRequest request) {
        String image = request.image();
        synchronized (seen) {
            Seen known = seen.get(image);
            if (known != null) {
                return Future.succeededFuture(known);
            }
        }
        return reads.call("looking for image " + image, deadlines.read(), client -> look(client, request))
                .onSuccess(look -> {
                    if (look.there()) {
                        saw(image, look);
                    }
                });
    }

    private void saw(String image, Seen look) {
        synchronized (seen) {
            seen.put(image, look);
            if (seen.size() > MOST_SEEN) {
                seen.remove(seen.keySet().iterator().next());
            }
        }
    }

    /** It turned out not to be there: it is looked for the next time. */
    public void gone(String image) {
        synchronized (seen) {
            seen.remove(image);
        }
    }

    private static Seen look(DockerClient client, ImageRequest request) {
        try {
            InspectImageResponse image = client.inspectImageCmd(request.image()).exec();
            ContainerConfig config = image.getConfig();
            HealthCheck check = config == null ? null : config.getHealthcheck();
            List<String> test = check == null ? null : check.getTest();
            return new Seen(
                    true,
                    test != null && !test.isEmpty() && !test.get(0).equals("NONE"),
                    RepoDigests.of(request.image(), image.getRepoDigests()));
        } catch (NotFoundException e) {
            return new Seen(false, false, "");
        }
    }

    private Future<PulledImage> fromRegistry(ImageRequest request, PullListener listener) {
        Key key = new Key(request.image(), request.auth());
        Future<Boolean> pull;
        synchronized (underWay) {
            UnderWay joined = underWay.get(key);
            if (joined != null) {
                joined.listeners().add(listener);
                return joined.pull().map(QUIETLY);
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
        return pull.map(QUIETLY);
    }

    /** A registry that can't be reached stops no deployment whose image is on the node; one that refuses does. */
    private Future<PulledImage> presentInstead(ImageRequest request, Throwable why) {
        if (!(why instanceof PullFailure failure) || failure.trouble() != PullTrouble.UNREACHABLE) {
            return Future.failedFuture(why);
        }
        return present(request)
                .compose(look -> look.there()
                        ? Future.succeededFuture(new PulledImage(
                                failure.trouble().words() + failure.detail()
                                        + "; the image present on the node is used",
                                look.checked(),
                                look.digest()))
                        : Future.failedFuture(why));
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

    private static KnitException absent(ImageRequest request) {
        return new KnitException(
                ErrorCode.IMAGE_UNAVAILABLE,
                "the image " + request.image() + " is not on the node and may not be pulled (pull: never); "
                        + "push it there (knit image push), or use pull: missing");
    }
}
