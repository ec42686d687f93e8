package io.knit.core.server.image;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.core.server.inside.Inside;
import io.knit.core.server.inside.WholeAnswer;
import io.knit.core.wire.Features;
import io.knit.core.wire.PlainText;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.image.ImagesAsked;
import io.knit.core.wire.image.ImagesHere;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks agents which images their hosts have, or to let those go that nothing uses. Thread-safe. */
public final class NodeImages {
    /** At once. */
    static final int MOST_NODES = 100;

    /** Much more than an agent says. */
    private static final int MOST_BYTES = 16 << 20;

    private final Inside inside;
    private final Supplier<Collection<Node>> nodes;

    public NodeImages(Inside inside, Supplier<Collection<Node>> nodes) {
        this.inside = inside;
        this.nodes = nodes;
    }

    /**
     * What a node says.
     *
     * @param here null: it could not be asked
     * @param reason why; else empty
     */
    public record Said(String node, @Nullable ImagesHere here, String reason) {}

    /**
     * What is asked of nodes.
     *
     * @param said in the order of the nodes' ids; never fails
     * @param cancel for who waits for it no more
     */
    public record Asking(Future<List<Said>> said, Runnable cancel) {}

    /**
     * Asks.
     *
     * @param wanted nodes by their ids; none: all that are not down
     * @throws KnitException if there is no such node, or there are too many to ask at once
     */
    public Asking ask(List<String> wanted, ImagesAsked asked) {
        List<Node> all =
                nodes.get().stream().sorted(Comparator.comparing(Node::id)).toList();
        List<Node> meant = wanted.isEmpty()
                ? all
                : wanted.stream().distinct().sorted().map(id -> known(all, id)).toList();
        if (meant.size() > MOST_NODES) {
            throw new KnitException(
                    ErrorCode.TOO_LARGE,
                    "there are " + meant.size() + " nodes, and at most " + MOST_NODES
                            + " are asked for their images at once; name those that are meant: ?node=");
        }
        List<WholeAnswer> waitedFor = new ArrayList<>();
        List<Future<Said>> answers =
                meant.stream().map(node -> ask(node, asked, waitedFor)).toList();
        return new Asking(
                Future.all(answers)
                        .map(done -> answers.stream().map(Future::result).toList()),
                () -> waitedFor.forEach(WholeAnswer::cancel));
    }

    private Future<Said> ask(Node node, ImagesAsked asked, List<WholeAnswer> waitedFor) {
        String hindrance = hindrance(node);
        if (!hindrance.isEmpty()) {
            return Future.succeededFuture(new Said(node.id(), null, hindrance));
        }
        WholeAnswer answer = WholeAnswer.of(inside, node.id(), StreamRequest.ofImages(asked), MOST_BYTES);
        waitedFor.add(answer);
        return answer.answer()
                .map(bytes -> new Said(node.id(), WireCodec.decode(bytes, ImagesHere.class), ""))
                .otherwise(why -> new Said(node.id(), null, PlainText.of(String.valueOf(why.getMessage()))));
    }

    private static String hindrance(Node node) {
        if (node.state() == NodeState.DOWN) {
            return "it is down";
        }
        return node.features().contains(Features.IMAGE_LIST)
                ? ""
                : "its agent is of a release that does not say which images it has; upgrade it";
    }

    private static Node known(List<Node> all, String id) {
        return all.stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new KnitException(
                        ErrorCode.NOT_FOUND,
                        "there is no node \"" + PlainText.of(id, 128) + "\"; GET /nodes lists all"));
    }
}
