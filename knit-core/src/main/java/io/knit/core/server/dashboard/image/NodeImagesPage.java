package io.knit.core.server.dashboard.image;

import io.knit.core.server.dashboard.show.NodeRows;
import io.knit.core.server.image.NodeImages;
import io.knit.core.wire.image.FailedHere;
import io.knit.core.wire.image.ImageHere;
import io.knit.core.wire.image.ImagesHere;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the page of a node's images shows, the largest first.
 *
 * @param reason why the node could not be asked; else empty
 * @param disk how full the disk is that they lie on; empty: it is not known
 */
record NodeImagesPage(
        String node, String reason, String total, String disk, List<Row> images, int more, List<FailedHere> failed) {
    private static final int SHOWN = 200;
    private static final int NAMES = 3;
    private static final int SHORT = 12;
    private static final double PERCENT = 100.0;

    /** An image: by its names, the others of which there are so many more. */
    record Row(List<String> names, int moreNames, String size, String use, String tone, String origin, String note) {}

    static NodeImagesPage of(NodeImages.Said said) {
        ImagesHere here = said.here();
        if (here == null) {
            return new NodeImagesPage(said.node(), said.reason(), "", "", List.of(), 0, List.of());
        }
        List<Row> rows = here.images().stream()
                .sorted(Comparator.comparingLong(ImageHere::bytes).reversed())
                .limit(SHOWN)
                .map(NodeImagesPage::row)
                .toList();
        return new NodeImagesPage(
                said.node(),
                "",
                here.total() == 1 ? "1 image" : here.total() + " images",
                disk(here),
                rows,
                Math.max(0, here.total() - rows.size()),
                here.failed().stream().limit(SHOWN).toList());
    }

    private static String disk(ImagesHere here) {
        return here.diskBytes() <= 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "their disk is %.0f %% full: %s of %s are free",
                        PERCENT * (here.diskBytes() - here.diskFree()) / here.diskBytes(),
                        size(here.diskFree()),
                        size(here.diskBytes()));
    }

    private static Row row(ImageHere image) {
        List<String> names = names(image);
        boolean used = image.containers() > 0 || image.wanted();
        return new Row(
                names.stream().limit(NAMES).toList(),
                Math.max(0, names.size() - NAMES),
                size(image.bytes()),
                image.containers() > 0
                        ? image.containers() + (image.containers() == 1 ? " container" : " containers")
                        : image.wanted() ? "wanted here" : "unused",
                used ? "good" : "quiet",
                origin(image),
                note(image, used));
    }

    /** Its tags; where it has none its digests, and else what its engine calls it, both short. */
    private static List<String> names(ImageHere image) {
        List<String> tags =
                image.names().stream().filter(name -> !name.contains("@")).toList();
        if (!tags.isEmpty()) {
            return tags;
        }
        return image.names().isEmpty()
                ? List.of(shortened(image.id().replaceFirst("^sha256:", ""), 0) + " (no name)")
                : image.names().stream()
                        .map(name -> shortened(name, name.lastIndexOf(':') + 1))
                        .toList();
    }

    private static String shortened(String text, int from) {
        return text.length() <= from + SHORT ? text : text.substring(0, from + SHORT) + "…";
    }

    private static String origin(ImageHere image) {
        if (image.isKnits()) {
            return "Knit's own";
        }
        return switch (image.origin()) {
            case ImageHere.PULLED -> "pulled";
            case ImageHere.PUSHED -> "pushed";
            default -> "not Knit's";
        };
    }

    /** What becomes of one that nothing uses. */
    private static String note(ImageHere image, boolean used) {
        if (used) {
            return "";
        }
        Instant since = image.unusedSince();
        return switch (image.origin()) {
            case ImageHere.PULLED -> since(since) + "goes by itself";
            case ImageHere.PUSHED -> since(since) + "stays until it is pruned with --pushed";
            default -> "never removed by Knit";
        };
    }

    private static String since(@Nullable Instant since) {
        return since == null ? "" : "since " + NodeRows.CLOCK.format(since) + " UTC; ";
    }

    static String size(long bytes) {
        double gibibytes = NodeRows.gibibytes(bytes);
        return gibibytes >= 1
                ? String.format(Locale.ROOT, "%.1f GiB", gibibytes)
                : String.format(Locale.ROOT, "%.1f MiB", gibibytes * 1024);
    }
}
