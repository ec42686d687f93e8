package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.spec.Field;
import io.knit.core.spec.SpecTable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a node needs of a spec, under the hash of its text: the same name is the same content, wherever it is kept. How many there are and
 * where is left out, for that is the server's; so scaling makes no other blob. It holds the registry's password, and so belongs to nodes that run it and
 * on disks that only their owner reads; the name is told to nobody else either, for it could be guessed from.
 *
 * @param blob 64 hex digits: SHA-256 of the spec's JSON as {@link #text} gives it
 */
public record SpecBlob(
        @JsonProperty(required = true) String blob,
        @JsonProperty(required = true) JsonNode spec) {
    private static final List<Field<DeploymentSpec>> APART = SpecTable.parted().stream()
            .filter(field -> !Set.of("replicas", "node_selector").contains(field.name()))
            .toList();
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");

    /** Of a spec. */
    public static SpecBlob of(DeploymentSpec spec) {
        JsonNode tree = WireCodec.tree(SpecTable.forNodes(spec));
        return new SpecBlob(nameOf(WireCodec.encodeText(tree)), tree);
    }

    /** The {@link #blob} of a spec, for who needs no more: without the tree. */
    public static String nameOf(DeploymentSpec spec) {
        return nameOf(textOf(spec));
    }

    /** The {@link #text()} of a spec's blob, for who has its name. */
    public static String textOf(DeploymentSpec spec) {
        return WireCodec.encodeText(SpecTable.forNodes(spec));
    }

    /**
     * Of what {@link #text} gave.
     *
     * @throws KnitException with {@code NOT_JSON}
     */
    public static SpecBlob of(String blob, String text) {
        return new SpecBlob(blob, WireCodec.parse(text));
    }

    /** The {@link #blob} of a spec that is a tree. */
    public static String nameOf(JsonNode tree) {
        return nameOf(WireCodec.encodeText(tree));
    }

    private static String nameOf(String text) {
        return Digests.whole(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether it can be one's name; only then it may become a file's. */
    public static boolean isName(@Nullable String word) {
        return word != null && NAME.matcher(word).matches();
    }

    /** Whether it is what its name says. */
    public boolean isSound() {
        return isName(blob) && blob.equals(nameOf(text()));
    }

    /** Without spaces, keys in the order they came in, and everything but ASCII as an escape: half a surrogate pair, which old stores may hold, too. */
    public String text() {
        return WireCodec.encodeText(spec);
    }

    /**
     * The spec, with one replica and without a selector.
     *
     * @throws KnitException with {@code NOT_JSON} if this release can't read it, why in words that quote nothing of it
     */
    public DeploymentSpec read() {
        if (!spec.isObject()) {
            throw new KnitException(ErrorCode.NOT_JSON, "the spec is no JSON object");
        }
        return WireCodec.decode(spec, "spec", DeploymentSpec.class);
    }

    /** The same with another count and place, which are no part of a blob. */
    public static DeploymentSpec with(DeploymentSpec spec, int replicas, Map<String, String> nodeSelector) {
        return SpecTable.SPEC.with(spec, Map.of("replicas", replicas, "node_selector", nodeSelector));
    }

    /** What else is no part of a blob, as JSON by the fields' names; null: nothing of it was given. */
    public static @Nullable ObjectNode apart(DeploymentSpec spec) {
        ObjectNode tree = null;
        ObjectNode apart = WireCodec.parse("{}");
        DeploymentSpec without = SpecTable.forNodes(spec);
        for (Field<DeploymentSpec> field : APART) {
            if (!Objects.equals(field.of(spec), field.of(without))) {
                tree = tree == null ? WireCodec.tree(spec) : tree;
                apart.set(field.name(), tree.get(field.name()));
            }
        }
        return apart.isEmpty() ? null : apart;
    }

    /** The same with what {@link #apart} gave. */
    public static DeploymentSpec with(DeploymentSpec spec, ObjectNode apart) {
        ObjectNode tree = WireCodec.tree(spec);
        tree.setAll(apart);
        return WireCodec.decode(tree, "spec", DeploymentSpec.class);
    }

    /** Without the content. */
    @Override
    public String toString() {
        return "SpecBlob[blob=***, spec=***]";
    }
}
