package io.knit.core.rules.node;

import io.knit.api.model.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What constraints know of a node besides its labels. */
public enum NodeFact {
    ID("node.id", Node::id),
    HOSTNAME("node.hostname", Node::hostname),
    OS("node.os", node -> node.facts().os()),
    ARCH("node.arch", node -> node.facts().arch()),
    /** The engine's version, without its name. */
    ENGINE(
            "node.engine",
            node -> node.engineVersion().substring(node.engineVersion().lastIndexOf(' ') + 1)),
    MESH_IP("mesh.ip", Node::meshIp);

    private static final Map<String, NodeFact> BY_KEY =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(fact -> fact.key, Function.identity()));

    private final String key;
    private final Function<Node, @Nullable String> value;

    NodeFact(String key, Function<Node, @Nullable String> value) {
        this.key = key;
        this.value = value;
    }

    public String key() {
        return key;
    }

    /** All keys, in the order of the docs. */
    public static List<String> keys() {
        return Arrays.stream(values()).map(NodeFact::key).toList();
    }

    /** The fact of that key; empty: it is a label's. */
    public static Optional<NodeFact> of(String key) {
        return Optional.ofNullable(BY_KEY.get(key));
    }

    /** Whether a key is a fact's or may become one's, so that it can't be asked of labels. */
    public static boolean isReserved(String key) {
        return key.startsWith("node.") || key.startsWith("mesh.");
    }

    /** Null: the node has not told it. */
    public @Nullable String of(Node node) {
        String told = value.apply(node);
        return told == null || told.isEmpty() ? null : told;
    }

    /** What a node has under a key, a fact's or a label's; null: nothing, or it is not known. */
    public static @Nullable String valueOf(String key, Node node) {
        NodeFact fact = BY_KEY.get(key);
        return fact == null ? node.labels().get(key) : fact.of(node);
    }
}
