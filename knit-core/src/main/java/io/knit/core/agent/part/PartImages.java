package io.knit.core.agent.part;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.core.agent.pull.ImagePulls;
import io.knit.core.rules.ImageReference;
import io.knit.core.wire.Prepare;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the images of parts as the main one is, but by their tags. Only on the loop.
 *
 * @param image the main container's, as the spec names it
 * @param auth of the spec; null: it says none. It is for the registry of the main image, and no other is told it
 */
public record PartImages(
        String instance,
        String image,
        PullPolicy policy,
        @Nullable RegistryAuth auth,
        List<Part> parts) {

    /** What one part is made of. */
    public record Part(String image, String platform) {}

    public static PartImages of(String instance, DeploymentSpec spec) {
        List<Part> parts = Stream.concat(
                        spec.initContainers().stream().map(part -> new Part(part.image(), part.platform())),
                        spec.sidecars().stream().map(part -> new Part(part.image(), part.platform())))
                .distinct()
                .toList();
        return new PartImages(instance, spec.image(), spec.pull(), spec.registryAuth(), parts);
    }

    /** One of them. */
    PartImages only(Part part) {
        return new PartImages(instance, image, policy, auth, List.of(part));
    }

    /** Of an instance that may come. */
    public static PartImages of(Prepare order) {
        List<String> images = order.images();
        List<Part> parts = IntStream.range(1, images.size())
                .mapToObj(i -> new Part(images.get(i), order.platform(i)))
                .toList();
        return new PartImages(order.instance(), order.image(), order.pull(), order.registryAuth(), parts);
    }

    /** One after the other; fails with the first that can't be had. */
    public Future<Void> fetch(ImagePulls images, Function<ImageRequest, Future<PulledImage>> pull) {
        Future<Void> all = Future.succeededFuture();
        for (Part part : parts) {
            all = all.compose(before -> one(images, part, pull));
        }
        return all;
    }

    private Future<Void> one(ImagePulls images, Part part, Function<ImageRequest, Future<PulledImage>> pull) {
        boolean same = ImageReference.registry(part.image()).equals(ImageReference.registry(image));
        return images.byTag(
                        instance, part.image(), policy, same ? auth : null, it -> pull.apply(it.on(part.platform())))
                .<Void>mapEmpty()
                .recover(why -> Future.failedFuture(
                        why instanceof KnitException known
                                ? new KnitException(
                                        known.code(), "of an init container or sidecar: " + known.getMessage(), known)
                                : why));
    }

    /** Without the login. */
    @Override
    public String toString() {
        return "PartImages[instance=" + instance + ", parts=" + parts + "]";
    }
}
