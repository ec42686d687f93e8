package io.knit.core.server.image;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.core.rules.ImageReference;
import io.knit.core.server.inside.Inside;
import io.knit.core.wire.Features;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.image.ImageHere;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Images that are pushed to nodes: few at once, for each lies on the server's disk meanwhile. Thread-safe. */
public final class ImagePushes {
    /** At once. */
    static final int MOST = 2;

    private static final int ID = 12;

    private final Loop loop;
    private final Inside inside;
    private final Supplier<Collection<Node>> nodes;
    private final Path folder;
    private final IdSource ids;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * @param loop that of streams
     * @param folder of its own, in which images lie while they are pushed
     */
    public ImagePushes(Loop loop, Inside inside, Supplier<Collection<Node>> nodes, Path folder, IdSource ids) {
        this.loop = loop;
        this.inside = inside;
        this.nodes = nodes;
        this.folder = folder;
        this.ids = ids;
    }

    /**
     * Begins one.
     *
     * @param image its name
     * @param wanted nodes by their ids; none: all that are ready and not drained
     * @throws KnitException if it is in vain: what is no name of an image that can be pushed, a node that is not there or can't take it, or no node at all
     */
    public ImagePush begin(String image, List<String> wanted) {
        String name = name(image);
        List<String> targets = new ArrayList<>();
        List<NodePushed> skipped = new ArrayList<>();
        List<Node> all =
                nodes.get().stream().sorted(Comparator.comparing(Node::id)).toList();
        if (wanted.isEmpty()) {
            all.forEach(node -> {
                String why = isMeant(node)
                        ? hindrance(node)
                        : "it is " + (isReady(node) ? "drained" : node.state().wireName());
                if (why.isEmpty()) {
                    targets.add(node.id());
                } else {
                    skipped.add(NodePushed.skipped(node.id(), why));
                }
            });
        } else {
            wanted.stream().distinct().sorted().forEach(id -> targets.add(able(all, id)));
        }
        if (targets.isEmpty()) {
            throw new KnitException(
                    ErrorCode.NO_NODE_FITS,
                    "there is no node that can take the image now"
                            + (skipped.isEmpty()
                                    ? ""
                                    : ": " + skipped.get(0).node() + ", "
                                            + skipped.get(0).reason()) + "; GET /nodes lists all");
        }
        if (open.incrementAndGet() > MOST) {
            open.decrementAndGet();
            throw new KnitException(
                    ErrorCode.BUSY, "as many images as can be are pushed just now, " + MOST + "; try again");
        }
        return new ImagePush(loop, inside, name, targets, skipped, this::spool, open::decrementAndGet);
    }

    private Spool spool() throws IOException {
        return Spool.make(folder, ids.next(ID), Spool.SPARE);
    }

    private static String name(String image) {
        String fault = ImageReference.fault(image);
        if (fault != null) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "the image \"" + PlainText.of(image, 200) + "\" " + fault);
        }
        if (ImageReference.hasDigest(image)) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the image has a digest, which only a registry gives; push it by its name and tag");
        }
        String name = ImageReference.familiar(image);
        if (name.equals(ImageHere.EMPTY)) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the image " + name
                            + " is Knit's own, by which agents reach what is in volumes; push it by another name");
        }
        return name;
    }

    private static boolean isReady(Node node) {
        return node.state() == NodeState.READY;
    }

    /** Where nobody names nodes: also one that is paused keeps what it has, and may have to make it anew. */
    private static boolean isMeant(Node node) {
        return isReady(node) && node.wish().availability() != NodeWish.Availability.DRAINED;
    }

    /** Why a node can't take it; empty: it can. */
    private static String hindrance(Node node) {
        if (node.state() == NodeState.DOWN) {
            return "it is down";
        }
        return node.features().contains(Features.IMAGES)
                ? ""
                : "its agent is of a release that can't take images; upgrade it";
    }

    private static String able(List<Node> all, String id) {
        Node node = all.stream()
                .filter(it -> it.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND,
                        "there is no node \"" + PlainText.of(id, 128)
                                + "\"; GET /nodes lists all. Nothing was pushed"));
        String why = hindrance(node);
        if (!why.isEmpty()) {
            throw new KnitException(
                    node.state() == NodeState.DOWN ? ErrorCode.TRANSPORT_UNAVAILABLE : ErrorCode.VERSION_NOT_SPOKEN,
                    "node " + id + " can't take the image: " + why + ". Nothing was pushed");
        }
        return id;
    }
}
