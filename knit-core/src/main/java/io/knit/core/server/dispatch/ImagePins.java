package io.knit.core.server.dispatch;

import io.knit.api.model.Instance;
import io.knit.api.model.Preparation;
import io.knit.api.model.PullPolicy;
import io.knit.core.rules.ImageReference;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.Revision;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.ValuesPage;
import io.knit.core.wire.WireCodec;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All instances of a revision run the same image, whatever its tag becomes meanwhile: the first node that has it says which one that is, and
 * each node asks before it makes a container. Loop-bound.
 */
final class ImagePins {
    private final StateWriter writer;

    ImagePins(StateWriter writer) {
        this.writer = writer;
    }

    /**
     * Answers a node that asks for the image of an instance that is, or is made ready, there, and may say which it has. Who is told none uses
     * what it has. Fails where what it said could not be kept.
     */
    Future<ValuesPage> answer(ClusterState state, String node, String instance, AssignmentsRequest request) {
        Revision revision = revision(state, node, instance);
        String has = request.digest();
        if (revision == null) {
            return Future.succeededFuture(page(state, instance, null));
        }
        if (revision.digest() != null || has == null || !ImageReference.isDigest(has)) {
            return Future.succeededFuture(page(state, instance, revision.digest()));
        }
        return writer.submit(tip -> decide(tip, node, instance, has))
                .map(digest -> page(state, instance, digest.isEmpty() ? null : digest));
    }

    /** Empty: it has none. */
    static Decision<String> decide(ClusterState tip, String node, String instance, String has) {
        Revision revision = revision(tip, node, instance);
        if (revision == null) {
            return Decision.nothing("");
        }
        return revision.digest() != null
                ? Decision.nothing(revision.digest())
                : new Decision<>(List.of(new Change.PutRevision(revision.pinned(has))), has);
    }

    /** Null: the node has nothing to do with it, or its spec leaves nothing open. */
    private static @Nullable Revision revision(ClusterState state, String node, String id) {
        Instance instance = state.instance(id);
        if (instance == null || !isAt(instance, node)) {
            return null;
        }
        Revision revision = state.revision(instance.deployment(), instance.revision());
        return revision == null
                        || revision.spec().pull() == PullPolicy.NEVER
                        || ImageReference.hasDigest(revision.spec().image())
                ? null
                : revision;
    }

    private static boolean isAt(Instance instance, String node) {
        Preparation preparation = instance.preparation();
        return node.equals(instance.node())
                || instance.node() == null && preparation != null && node.equals(preparation.node());
    }

    private static ValuesPage page(ClusterState state, String instance, @Nullable String digest) {
        ReadValue asked = ReadValue.image(instance);
        return new ValuesPage(
                WireCodec.VERSION, state.cluster(), digest == null ? List.of() : List.of(asked.with(digest)), Map.of());
    }
}
