package io.knit.core.server.command;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.spec.FieldLimits;
import io.knit.core.spec.Span;
import io.knit.core.spec.SpecTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a user's commands change about nodes (pure). */
final class NodeCommands {
    private static final FieldLimits LABELS =
            SpecTable.SPEC.field("node_selector").limits();

    private NodeCommands() {}

    /** Answers with the node as it was. What was on it has been replaced when it went down, and is forgotten with it. */
    static Decision<Node> forget(ClusterState state, String id) {
        Node node = named(state, id);
        if (node.state() != NodeState.DOWN) {
            throw new KnitException(
                    ErrorCode.IN_USE,
                    id + " is " + node.state().wireName()
                            + "; only a node that is down can be forgotten: stop its agent first, and try again when it is down");
        }
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.RemoveNode(id));
        state.instancesOn(id).values().stream()
                .filter(instance -> id.equals(instance.node()))
                .forEach(instance -> changes.add(new Change.RemoveInstance(instance.id())));
        return new Decision<>(changes, node);
    }

    /** Answers with the node as it is then. The same wish again changes nothing: whose it was is remembered. */
    static Decision<Node> setAvailability(
            ClusterState state, Command.SetAvailability command, Caller caller, Instant now) {
        Node node = named(state, command.id());
        String fault = command.deadline() == null ? null : Span.OF_DRAIN.fault("deadline", command.deadline());
        if (fault != null) {
            throw KnitException.at("/deadline", ErrorCode.INVALID_VALUE, fault);
        }
        Instant deadline = command.deadline() == null ? null : now.plus(command.deadline());
        Instant due = command.deadline() == null ? null : state.served().plus(command.deadline());
        NodeWish wish = node.wish();
        if (wish.availability() == command.availability()
                && Objects.equals(wish.deadline(), deadline)
                && Objects.equals(wish.startFirst(), command.startFirst())) {
            return Decision.nothing(node);
        }
        String by = caller.name() + " from " + caller.from();
        return put(
                node.with(wish.with(command.availability(), by, deadline, due).startingFirst(command.startFirst())));
    }

    /** Answers with the node as it is then. */
    static Decision<Node> label(ClusterState state, Command.LabelNode command) {
        Node node = named(state, command.id());
        Map<String, String> labels = new TreeMap<>(node.wish().labels());
        command.labels().forEach((key, value) -> {
            requireLabel(key, value);
            if (value == null) {
                labels.remove(key);
            } else {
                labels.put(key, value);
            }
        });
        if (labels.size() > LABELS.entries()) {
            throw KnitException.at(
                    "/labels",
                    ErrorCode.TOO_LARGE,
                    node.id() + " would have " + labels.size() + " labels wished of it; at most " + LABELS.entries()
                            + " are kept");
        }
        return labels.equals(node.wish().labels())
                ? Decision.nothing(node)
                : put(node.with(node.wish().with(labels)));
    }

    /** What a selector can't ask for is no label of a node. */
    private static void requireLabel(String key, @Nullable String value) {
        String pointer = "/labels/" + key.replace("~", "~0").replace("/", "~1");
        if (!LABELS.hasKey(key)) {
            throw KnitException.at(
                    pointer,
                    ErrorCode.INVALID_VALUE,
                    "labels: a key is not a label's; give 1 to " + LABELS.keyLength()
                            + " of A-Z a-z 0-9 . _ / -, starting and ending with a letter or digit");
        }
        if (value != null
                && (value.length() > LABELS.length() || !value.codePoints().allMatch(NodeCommands::isText))) {
            throw KnitException.at(
                    pointer,
                    ErrorCode.INVALID_VALUE,
                    "labels: the value of " + key + " is longer than " + LABELS.length()
                            + " characters or has control or half characters; shorten it or remove them");
        }
    }

    private static boolean isText(int character) {
        return !Character.isISOControl(character) && Character.getType(character) != Character.SURROGATE;
    }

    private static Decision<Node> put(Node next) {
        return new Decision<>(List.of(new Change.PutNode(next)), next);
    }

    private static Node named(ClusterState state, String id) {
        Node node = state.node(id);
        if (node == null) {
            throw new KnitException(
                    ErrorCode.NOT_FOUND, "there is no node named \"" + id + "\"; GET /nodes lists them");
        }
        return node;
    }
}
