package io.knit.core.server.dashboard.image;

import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.Node;
import io.knit.core.server.image.NodeImages;
import io.knit.core.server.image.NodePushed;
import io.knit.core.server.image.Pushed;
import io.knit.core.wire.image.ImageHere;
import io.knit.core.wire.image.ImagesHere;
import java.util.ArrayList;
import java.util.List;

/**
 * What became of what the page of images was asked for.
 *
 * @param words in a sentence; empty: nothing was asked for
 * @param asks whether it was only looked, and there is something to say yes to
 * @param more that are not shown
 */
record ImageOutcome(String words, boolean asks, List<Row> rows, int more) {
    static final ImageOutcome NONE = new ImageOutcome("", false, List.of(), 0);

    /** At most so many lines, so that anybody can read them. */
    static final int SHOWN = 200;

    /** One line: of a node, or of one of its images. */
    record Row(String node, String name, String size, String state, String tone, String reason) {}

    /** Whose pages say which images they have. */
    static List<String> nodes(ClusterSnapshot snapshot) {
        return snapshot.nodes().stream().map(Node::id).sorted().limit(SHOWN).toList();
    }

    static ImageOutcome of(Pushed pushed) {
        List<Row> rows = pushed.nodes().stream().map(ImageOutcome::row).toList();
        long have = pushed.nodes().stream().filter(ImageOutcome::hasIt).count();
        return shown(
                pushed.image() + " is on " + have + " of " + rows.size() + (rows.size() == 1 ? " node." : " nodes."),
                false,
                rows);
    }

    private static boolean hasIt(NodePushed node) {
        return node.state() == NodePushed.State.LOADED || node.state() == NodePushed.State.PRESENT;
    }

    private static Row row(NodePushed node) {
        String size = NodeImagesPage.size(node.bytes()) + " sent";
        return switch (node.state()) {
            case LOADED -> new Row(node.node(), "", size, "has it now", "good", layers(node));
            case PRESENT -> new Row(node.node(), "", "", "had it", "good", "");
            case FAILED -> new Row(node.node(), "", "", "failed", "bad", node.reason());
            case SKIPPED -> new Row(node.node(), "", "", "left out", "quiet", node.reason());
        };
    }

    private static String layers(NodePushed node) {
        if (node.left() == 0) {
            return "";
        }
        return node.left() == 1 ? "it had 1 of its layers" : "it had " + node.left() + " of its layers";
    }

    static ImageOutcome of(List<NodeImages.Said> all, boolean dryRun) {
        List<Row> rows = new ArrayList<>();
        int going = 0;
        for (NodeImages.Said said : all) {
            ImagesHere here = said.here();
            if (here == null) {
                rows.add(new Row(said.node(), "", "", "not asked", "bad", said.reason()));
                continue;
            }
            for (ImageHere image : here.images()) {
                if (!image.state().isEmpty()) {
                    rows.add(row(said.node(), image));
                    going += image.state().equals(ImageHere.KEPT) ? 0 : 1;
                }
            }
        }
        return shown(words(going, dryRun), dryRun && going > 0, rows);
    }

    private static String words(int going, boolean dryRun) {
        if (going == 0) {
            return dryRun ? "Nothing would go." : "Nothing went.";
        }
        String what = going == 1 ? "1 image" : going + " images";
        return dryRun ? what + " would go. Nothing was done yet." : what + " went.";
    }

    private static Row row(String node, ImageHere image) {
        String name = image.names().isEmpty() ? image.id() : String.join(", ", image.names());
        String size = NodeImagesPage.size(image.bytes());
        return switch (image.state()) {
            case ImageHere.UNUSED -> new Row(node, name, size, "would go", "warn", image.reason());
            case ImageHere.REMOVED -> new Row(node, name, size, "removed", "good", image.reason());
            case ImageHere.UNTAGGED -> new Row(node, name, size, "untagged", "good", image.reason());
            default -> new Row(node, name, size, "kept", "quiet", image.reason());
        };
    }

    private static ImageOutcome shown(String words, boolean asks, List<Row> rows) {
        return new ImageOutcome(words, asks, rows.stream().limit(SHOWN).toList(), Math.max(0, rows.size() - SHOWN));
    }
}
