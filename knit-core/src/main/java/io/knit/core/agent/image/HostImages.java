package io.knit.core.agent.image;

import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.HostImage;
import io.knit.api.spi.runtime.ImagesAbility;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.image.FailedHere;
import io.knit.core.wire.image.ImageHere;
import io.knit.core.wire.image.ImagesAsked;
import io.knit.core.wire.image.ImagesHere;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once which images a host has, or has those go that its agent brought and nothing uses. Only on the loop. */
final class HostImages {
    private static final Logger LOG = LoggerFactory.getLogger(HostImages.class);
    private static final int MOST_NAMES = 20;
    private static final int MOST_CHARS = 300;

    private final Loop loop;
    private final ImagesAbility engine;
    private final Brought brought;
    private final List<FailedHere> failed;
    private final Set<String> wanted = new HashSet<>();

    HostImages(Loop loop, ImagesAbility engine, Brought brought, AssignmentSet set, List<ContainerSnapshot> kept) {
        this.loop = loop;
        this.engine = engine;
        this.brought = brought;
        this.failed = kept.stream()
                .limit(ImagesHere.MOST)
                .map(it -> new FailedHere(
                        PlainText.of(it.name(), MOST_CHARS),
                        PlainText.of(it.labels().getOrDefault(KnitLabels.DEPLOYMENT, ""), MOST_CHARS),
                        PlainText.of(it.labels().getOrDefault(KnitLabels.INSTANCE, ""), MOST_CHARS),
                        PlainText.of(Objects.requireNonNullElse(it.exit(), ""), MOST_CHARS)))
                .toList();
        wanted.addAll(Unused.wanted(brought.fetched(), set));
        wanted.addAll(Unused.wanted(brought.pushed(), set));
    }

    Future<ImagesHere> answer(ImagesAsked asked) {
        return loop.bring(engine.images()).compose(images -> {
            if (!asked.remove()) {
                return here(images.stream().map(image -> of(image, "", "")).toList());
            }
            Map<String, Instant> may = new LinkedHashMap<>(brought.fetched());
            if (asked.pushed()) {
                may.putAll(brought.pushed());
            }
            Map<HostImage, List<String>> unused = Unused.among(images, may, wanted);
            return asked.dryRun()
                    ? here(unused.keySet().stream()
                            .map(image -> of(image, ImageHere.UNUSED, ""))
                            .toList())
                    : remove(unused);
        });
    }

    private Future<ImagesHere> remove(Map<HostImage, List<String>> unused) {
        Map<String, String> refusals = new HashMap<>();
        // what is said of them is what they were before
        Map<String, ImageHere> before = new HashMap<>();
        Future<Void> last = Future.succeededFuture();
        for (Map.Entry<HostImage, List<String>> each : unused.entrySet()) {
            HostImage image = each.getKey();
            before.put(image.id(), of(image, "", ""));
            last = last.compose(done -> removeAll(loop, engine, brought, each.getValue(), "it was asked for"))
                    .onSuccess(refusal -> refusals.put(image.id(), refusal))
                    .mapEmpty();
        }
        return last.compose(done -> loop.bring(engine.images())).compose(left -> {
            brought.keep();
            Set<String> there = left.stream().map(HostImage::id).collect(Collectors.toSet());
            List<ImageHere> all = new ArrayList<>();
            unused.keySet().forEach(image -> {
                String refusal = refusals.getOrDefault(image.id(), "");
                String state = !there.contains(image.id())
                        ? ImageHere.REMOVED
                        : refusal.isEmpty() ? ImageHere.UNTAGGED : ImageHere.KEPT;
                all.add(became(before.get(image.id()), image, state, refusal));
            });
            return here(all);
        });
    }

    private ImageHere became(@Nullable ImageHere was, HostImage image, String state, String refusal) {
        ImageHere known = was == null ? of(image, "", "") : was;
        return new ImageHere(
                known.id(),
                known.names(),
                known.bytes(),
                known.made(),
                known.containers(),
                known.origin(),
                known.wanted(),
                known.unusedSince(),
                state,
                PlainText.of(refusal, MOST_CHARS));
    }

    /**
     * Takes these names from an image, one after the other.
     *
     * @return empty, or why the engine kept one
     */
    static Future<String> removeAll(
            Loop loop, ImagesAbility engine, Brought brought, List<String> names, String because) {
        Future<String> last = Future.succeededFuture("");
        for (String name : names) {
            last = last.compose(refusal -> refusal.isEmpty()
                    ? loop.bring(engine.removeImage(name))
                            .map(done -> {
                                brought.forget(name);
                                LOG.info("removed the image {}, which nothing here uses: {}", name, because);
                                return "";
                            })
                            .otherwise(why -> String.valueOf(why.getMessage()))
                    : Future.succeededFuture(refusal));
        }
        return last;
    }

    private ImageHere of(HostImage image, String state, String reason) {
        List<String> fetched = Unused.namesOf(image, brought.fetched());
        List<String> pushed = Unused.namesOf(image, brought.pushed());
        Map<String, Instant> all = new HashMap<>(brought.fetched());
        all.putAll(brought.pushed());
        boolean named = wanted.stream().anyMatch(name -> fetched.contains(name) || pushed.contains(name));
        Instant used = Unused.lastUse(image, all);
        boolean known = !used.equals(Instant.MAX) && !named && image.containers() == 0;
        return new ImageHere(
                PlainText.of(image.id(), MOST_CHARS),
                image.names().stream()
                        .sorted()
                        .limit(MOST_NAMES)
                        .map(name -> PlainText.of(name, MOST_CHARS))
                        .toList(),
                image.bytes(),
                image.made(),
                image.containers(),
                !pushed.isEmpty() ? ImageHere.PUSHED : fetched.isEmpty() ? ImageHere.OTHER : ImageHere.PULLED,
                named,
                known ? used : null,
                state,
                reason);
    }

    private Future<ImagesHere> here(List<ImageHere> images) {
        return loop.bring(engine.imageDisk())
                .map(disk -> new ImagesHere(
                        1,
                        images.stream()
                                .sorted(Comparator.comparing(
                                        image -> image.names().isEmpty()
                                                ? image.id()
                                                : image.names().get(0)))
                                .limit(ImagesHere.MOST)
                                .toList(),
                        images.size(),
                        disk.bytes(),
                        disk.free(),
                        failed));
    }
}
