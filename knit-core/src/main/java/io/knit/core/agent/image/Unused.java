package io.knit.core.agent.image;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Order;
import io.knit.api.spi.runtime.HostImage;
import io.knit.core.rules.ImageReference;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which images nothing uses. (Pure.) */
final class Unused {
    private Unused() {}

    /**
     * Those of what orders name that were brought last: what runs is refused by the engine, but what is about to be made would have to be brought again.
     *
     * @param brought by their names, when each was last known to be used
     */
    static Set<String> wanted(Map<String, Instant> brought, AssignmentSet set) {
        if (!set.known()) {
            // by which order it would be wanted is not known
            return Set.copyOf(brought.keySet());
        }
        Set<String> named = new HashSet<>();
        for (Assignment assignment : set.assignments().values()) {
            DeploymentSpec spec = assignment.spec();
            if (assignment.order() == Order.RUN && spec == null) {
                // whatever it is of
                return Set.copyOf(brought.keySet());
            }
            if (assignment.order() == Order.RUN && spec != null) {
                named.add(spec.image());
                spec.initContainers().forEach(part -> named.add(part.image()));
                spec.sidecars().forEach(sidecar -> named.add(sidecar.image()));
            }
        }
        set.prepare().forEach(prepare -> named.addAll(prepare.images()));
        // what was pushed is known by the name that engines have for it
        List.copyOf(named).forEach(image -> named.add(ImageReference.familiar(image)));
        Map<String, String> newest = new LinkedHashMap<>();
        brought.forEach((image, since) -> {
            String tag = image.contains("@") && !named.contains(image) ? image.substring(0, image.indexOf('@')) : image;
            if (named.contains(tag)) {
                newest.merge(
                        tag, image, (one, other) -> since.isBefore(brought.getOrDefault(one, since)) ? one : other);
            }
        });
        return Set.copyOf(newest.values());
    }

    /** A tag whose image is here by its digest, too, goes with that: containers are called by the digest. */
    static List<String> due(Map<String, Instant> fetched, Instant before) {
        List<String> due = new ArrayList<>();
        fetched.forEach((image, since) -> {
            boolean alone = fetched.keySet().stream().noneMatch(other -> other.startsWith(image + "@"));
            if (since.isBefore(before) && alone) {
                due.add(image);
            }
        });
        return due;
    }

    /**
     * Images of which no container is made, that no order names, and that have a name which this agent brought.
     *
     * @return with those of its names, tags first, that go for it; whose names were longest unused come first
     */
    static Map<HostImage, List<String>> among(
            List<HostImage> images, Map<String, Instant> brought, Set<String> wanted) {
        Map<HostImage, List<String>> unused = new LinkedHashMap<>();
        images.stream()
                .filter(image -> image.containers() == 0)
                .sorted(Comparator.comparing(image -> lastUse(image, brought)))
                .forEach(image -> {
                    List<String> mine = namesOf(image, brought);
                    if (!mine.isEmpty() && mine.stream().noneMatch(wanted::contains)) {
                        unused.put(image, mine);
                    }
                });
        return unused;
    }

    /** When an image was last known to be used; the latest time of all where nothing is known of it. */
    static Instant lastUse(HostImage image, Map<String, Instant> brought) {
        return namesOf(image, brought).stream()
                .map(name -> brought.getOrDefault(name, Instant.MAX))
                .max(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    /** Which of the names that were brought are of this image, tags first. A tag that somebody has given to another image since is not. */
    static List<String> namesOf(HostImage image, Map<String, Instant> brought) {
        Set<String> names = Set.copyOf(image.names());
        return brought.keySet().stream()
                .filter(name -> names.contains(listed(name)))
                .filter(name -> ImageReference.hasDigest(name) || isStill(name, names, brought.keySet()))
                .sorted(Comparator.comparing(ImageReference::hasDigest).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /** Where this agent knows by which digest the tag was brought, the image has to have that. */
    private static boolean isStill(String tag, Set<String> names, Set<String> brought) {
        List<String> digests =
                brought.stream().filter(name -> name.startsWith(tag + "@")).toList();
        return digests.isEmpty() || digests.stream().anyMatch(name -> names.contains(listed(name)));
    }

    /** As engines list a name: with its tag or with its digest, never both. */
    private static String listed(String image) {
        String name = ImageReference.familiar(image);
        int at = name.indexOf('@');
        if (at < 0) {
            return name;
        }
        int colon = name.lastIndexOf(':', at);
        return (colon > name.lastIndexOf('/', at) ? name.substring(0, colon) : name.substring(0, at))
                + name.substring(at);
    }
}
