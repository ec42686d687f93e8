package io.knit.testkit.runtime;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.runtime.HostImage;
import io.knit.api.spi.runtime.ImagePresence;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.PulledImage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The images of a {@link FakeEngine}, which guards them, and its registry, which has every image while it can be reached. */
final class FakeImages {
    private static final long MIB = 1L << 20;

    /** By their tags, with the digests by which a registry has them; empty: none has. */
    private final Map<String, String> present = new HashMap<>();

    /** With their names without a tag. */
    private final Map<String, String> byDigest = new HashMap<>();

    private final Map<String, String> tags = new HashMap<>();
    private final Set<String> forgotten = new HashSet<>();
    private final Map<String, Set<String>> volumes = new HashMap<>();
    private boolean registryUp = true;
    /** Of the engine, for which images are unless another is asked for; empty: not known. */
    private String own = "";

    /** By the name they were pulled by, of those that are for another than the engine's. */
    private final Map<String, String> others = new HashMap<>();

    /** Who alone is given anything; null: anybody. */
    private @Nullable RegistryAuth demanded;

    /** Asked for last, by its name, which is loaded next. */
    private final Map<String, Loaded> asked = new HashMap<>();

    private final Map<String, Loaded> loaded = new HashMap<>();

    private record Loaded(String id, List<String> layers) {}

    ImagePresence presence(String image, String id, List<String> layers) {
        Loaded now = new Loaded(id, List.copyOf(layers));
        asked.put(image, now);
        boolean same = present.containsKey(image) && now.equals(loaded.get(image));
        return new ImagePresence(same, same ? layers.size() : shared(layers));
    }

    private int shared(List<String> layers) {
        int most = 0;
        for (Loaded other : loaded.values()) {
            int same = 0;
            while (same < Math.min(layers.size(), other.layers().size())
                    && layers.get(same).equals(other.layers().get(same))) {
                same++;
            }
            most = Math.max(most, same);
        }
        return most;
    }

    /** @param files so many layers came */
    void load(String image, int files) {
        Loaded now = asked.get(image);
        if (now == null || Set.copyOf(now.layers()).size() - shared(now.layers()) > files) {
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "the tar lacks a layer of " + image);
        }
        loaded.put(image, now);
        put(image, "");
    }

    void volumes(String image, Set<String> paths) {
        volumes.put(image, Set.copyOf(paths));
    }

    /** Paths at which the image wants a volume. */
    Set<String> volumesOf(String image) {
        int at = image.indexOf('@');
        return volumes.getOrDefault(at < 0 ? image : image.substring(0, at), Set.of());
    }

    void add(String image) {
        add(image, tags.getOrDefault(image, digest(image)));
    }

    /** @param digest by which a registry has it; empty: none has */
    void add(String image, String digest) {
        put(image, digest);
    }

    /** The name alone; a digest goes with the last tag, but a tag not with its digest. */
    void remove(String image) {
        if (image.contains("@")) {
            byDigest.remove(digest(image));
            return;
        }
        String digest = present.remove(image);
        if (digest != null && !present.containsValue(digest)) {
            byDigest.remove(digest);
        }
    }

    /** With all its names. */
    void removeWhole(String image) {
        String bytes = bytes(image);
        present.remove(image);
        present.values().removeIf(bytes::equals);
        byDigest.remove(bytes);
    }

    /** All that are here; their sizes are made up. */
    List<HostImage> all(Collection<String> used) {
        Map<String, List<String>> names = new TreeMap<>();
        byDigest.forEach((digest, name) -> names.put(digest, new ArrayList<>(List.of(name + "@" + digest))));
        present.forEach((tag, digest) -> names.computeIfAbsent(
                        digest.isEmpty() ? digest(tag) : digest, any -> new ArrayList<>())
                .add(tag));
        List<HostImage> all = new ArrayList<>();
        names.forEach((id, known) -> {
            known.sort(null);
            int containers = (int) used.stream()
                    .filter(image -> known.stream().anyMatch(name -> isSame(name, image)))
                    .count();
            all.add(new HostImage(id, known, MIB * known.get(0).length(), Instant.EPOCH, containers));
        });
        return all;
    }

    private static String untagged(String image) {
        String name = image.contains("@") ? image.substring(0, image.indexOf('@')) : image;
        int colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
    }

    void setRegistryUp(boolean up) {
        registryUp = up;
    }

    void demand(@Nullable RegistryAuth login) {
        demanded = login;
    }

    /** From now on the registry has this under a tag, and what it had before by its digest alone. */
    void tag(String image, String digest) {
        tags.put(image, digest);
    }

    /** From now on the registry has it no more by this digest. */
    void forget(String digest) {
        forgotten.add(digest);
    }

    void platform(String platform) {
        own = platform;
    }

    private boolean isFor(String image, String platform) {
        return platform.isEmpty() || others.getOrDefault(image, own).equals(platform);
    }

    PulledImage pull(ImageRequest request) {
        String image = request.image();
        boolean here = isHere(image) && isFor(image, request.platform());
        String other = here && request.platform().isEmpty() ? others.getOrDefault(image, "") : "";
        boolean ask = request.policy() == PullPolicy.ALWAYS
                || (request.policy() == PullPolicy.MISSING && (!here || !other.isEmpty()));
        if (ask && registryUp && demanded != null && !demanded.equals(request.auth())) {
            throw unavailable("the registry refused the credentials for " + image);
        }
        if (ask && registryUp) {
            String digest = image.contains("@") ? digest(image) : tags.getOrDefault(image, digest(image));
            if (image.contains("@") && forgotten.contains(digest)) {
                throw unavailable("the registry has no " + image);
            }
            put(image, digest);
            if (!request.platform().isEmpty() && !request.platform().equals(own)) {
                others.put(image, request.platform());
            }
            return new PulledImage("", false, digest);
        }
        if (!here) {
            String why = ask ? "the registry can't be reached" : "the policy is never to pull";
            throw unavailable(why + ", and " + image + " is not on this node");
        }
        return new PulledImage(
                ask ? "the registry can't be reached; the present image serves" : "",
                false,
                image.contains("@") ? digest(image) : present.getOrDefault(image, ""),
                ask ? "" : other);
    }

    void require(String image, String platform) {
        if (!isHere(image)) {
            throw unavailable("no such image: " + image);
        }
        if (!isFor(image, platform)) {
            throw unavailable("no such image for " + platform + ": " + image);
        }
    }

    /** Whether two names are of the same bytes here. */
    boolean isSame(String one, String other) {
        return one.equals(other) || isHere(one) && isHere(other) && bytes(one).equals(bytes(other));
    }

    private String bytes(String image) {
        String digest = image.contains("@") ? digest(image) : present.getOrDefault(image, "");
        return digest.isEmpty() ? image : digest;
    }

    boolean isHere(String image) {
        return image.contains("@") ? byDigest.containsKey(digest(image)) : present.containsKey(image);
    }

    private void put(String image, String digest) {
        others.remove(image);
        if (!image.contains("@")) {
            present.put(image, digest);
        }
        if (!digest.isEmpty()) {
            byDigest.put(digest, untagged(image));
        }
    }

    /** Of an image that nobody has put another under the tag of. */
    static String digest(String image) {
        int at = image.indexOf('@');
        return at >= 0
                ? image.substring(at + 1)
                : "sha256:" + HexFormat.of().toHexDigits(image.hashCode()).repeat(8);
    }

    private static KnitException unavailable(String message) {
        return new KnitException(ErrorCode.IMAGE_UNAVAILABLE, message);
    }
}
