package io.knit.launcher.yaml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * YAML to trees of JSON: anchors are resolved, {@code <<} is merged, a key that is there twice is refused. What a text may come to is bounded: its length, its
 * depth, and how many parts it has once every alias is written out. Which number, flag or text a value is, is left to Jackson, which takes an alias for a text.
 */
public final class YamlTrees {
    /** Of a text. */
    public static final int MOST_BYTES = 16 << 20;

    private static final int MOST_DEPTH = 64;
    private static final int MOST_ALIASES = 500;
    private static final int MOST_PARTS = 1_000_000;
    private static final int MOST_WORDS = 200;
    private static final String MERGE = "<<";
    private static final Set<Tag> TEXTS = Set.of(Tag.STR, Tag.TIMESTAMP, Tag.MERGE);
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final @Nullable ObjectMapper values;
    /** Since the text began: an alias counts as what it stands for. */
    private int parts;

    /** @param values null: every value is the text that is written */
    private YamlTrees(@Nullable ObjectMapper values) {
        this.values = values;
    }

    private static ObjectMapper values(boolean wordsAreTexts) {
        return new ObjectMapper(YAMLFactory.builder()
                .configure(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS, wordsAreTexts)
                .build());
    }

    /**
     * The documents in it, in their order; one that is empty is a null.
     *
     * @param bytes in UTF-8
     * @throws NoYaml if it is no YAML, or comes to too much
     */
    public static List<JsonNode> read(byte[] bytes) {
        String text = text(bytes);
        return new YamlTrees(values(false)).trees(text);
    }

    /**
     * The one value that is typed; null: nothing is. {@code yes} and {@code on} are texts.
     *
     * @throws NoYaml if it is no YAML
     */
    public static @Nullable JsonNode typed(String text) {
        return one(new YamlTrees(values(true)).trees(text));
    }

    /**
     * The one document in it, with every value as the text that is written; a null where none is. Null: nothing is in it.
     *
     * @param bytes in UTF-8
     * @throws NoYaml if it is no YAML, or several documents
     */
    public static @Nullable JsonNode written(byte[] bytes) {
        return one(new YamlTrees(null).trees(text(bytes)));
    }

    private static @Nullable JsonNode one(List<JsonNode> all) {
        if (all.size() > 1) {
            throw refusal(null, "it is several documents; give one");
        }
        return all.isEmpty() ? null : all.get(0);
    }

    private static String text(byte[] bytes) {
        if (bytes.length > MOST_BYTES) {
            throw refusal(null, "it is larger than 16 MiB");
        }
        ByteBuffer from = ByteBuffer.wrap(bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(from).toString();
        } catch (CharacterCodingException e) {
            throw refusal(null, "it is no text in UTF-8; save it as that");
        }
    }

    private List<JsonNode> trees(String text) {
        LoaderOptions limits = new LoaderOptions();
        limits.setCodePointLimit(MOST_BYTES);
        limits.setNestingDepthLimit(MOST_DEPTH);
        limits.setMaxAliasesForCollections(MOST_ALIASES);
        limits.setAllowRecursiveKeys(false);
        List<JsonNode> trees = new ArrayList<>();
        try {
            Composer documents = new Composer(
                    new ParserImpl(new StreamReader(text.startsWith("\uFEFF") ? text.substring(1) : text), limits),
                    new Resolver(),
                    limits);
            while (documents.checkNode()) {
                trees.add(tree(documents.getNode(), 0));
            }
            return trees;
        } catch (MarkedYAMLException e) {
            throw refusal(
                    e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark(),
                    Stream.of(e.getContext(), e.getProblem())
                            .filter(each -> each != null && !each.isBlank())
                            .reduce((context, problem) -> context + ": " + problem)
                            .orElse("it can't be read"));
        } catch (YAMLException e) {
            throw refusal(
                    null, String.valueOf(e.getMessage()).lines().findFirst().orElse("it can't be read"));
        }
    }

    private JsonNode tree(Node node, int depth) {
        if (++parts > MOST_PARTS) {
            throw refusal(
                    node.getStartMark(), "with every alias written out it has more than " + MOST_PARTS + " parts");
        }
        if (depth > MOST_DEPTH) {
            throw refusal(
                    node.getStartMark(),
                    "it is nested deeper than " + MOST_DEPTH + " levels, or an alias is in what it stands for");
        }
        if (node instanceof SequenceNode list) {
            ArrayNode items = JSON.arrayNode();
            list.getValue().forEach(each -> items.add(tree(each, depth + 1)));
            return items;
        }
        return node instanceof MappingNode map ? object(map, depth) : value((ScalarNode) node);
    }

    private ObjectNode object(MappingNode node, int depth) {
        ObjectNode object = JSON.objectNode();
        List<JsonNode> merged = new ArrayList<>();
        for (NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw refusal(tuple.getKeyNode().getStartMark(), "a key is no word; write a word before the colon");
            }
            JsonNode value = tree(tuple.getValueNode(), depth + 1);
            if (key.isPlain() && key.getValue().equals(MERGE)) {
                (value.isArray() ? value : List.of(value)).forEach(merged::add);
                requireObjects(merged, tuple.getValueNode());
            } else if (object.has(key.getValue())) {
                throw refusal(key.getStartMark(), "Duplicate field '" + key.getValue() + "'; keep one of them");
            } else {
                object.set(key.getValue(), value);
            }
        }
        // what stands here itself counts, then the first of what is merged in
        for (JsonNode other : merged) {
            other.properties().forEach(each -> object.putIfAbsent(each.getKey(), each.getValue()));
        }
        return object;
    }

    private static void requireObjects(List<JsonNode> merged, Node where) {
        if (!merged.stream().allMatch(JsonNode::isObject)) {
            throw refusal(where.getStartMark(), "<< merges objects; name the anchor of one, or of several as [*a, *b]");
        }
    }

    private JsonNode value(ScalarNode scalar) {
        if (scalar.getTag().equals(Tag.NULL)) {
            return JSON.nullNode();
        }
        if (values == null
                || TEXTS.contains(scalar.getTag())
                || scalar.getTag().getValue().startsWith("!")) {
            return TextNode.valueOf(scalar.getValue());
        }
        try {
            return values.readTree("!<" + scalar.getTag().getValue() + "> " + TextNode.valueOf(scalar.getValue()));
        } catch (JsonProcessingException e) {
            throw refusal(scalar.getStartMark(), e.getOriginalMessage());
        }
    }

    private static NoYaml refusal(@Nullable Mark mark, String words) {
        String clean = words.replaceAll("\\p{Cntrl}", "\uFFFD");
        return new NoYaml(
                mark == null ? 0 : mark.getLine() + 1,
                mark == null ? 0 : mark.getColumn() + 1,
                clean.length() > MOST_WORDS ? clean.substring(0, MOST_WORDS) + "…" : clean);
    }
}
