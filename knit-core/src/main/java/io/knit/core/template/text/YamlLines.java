package io.knit.core.template.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.emitter.Emitter;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;
import org.yaml.snakeyaml.serializer.Serializer;

/**
 * Values as YAML, one line for each, that readers of YAML 1.1 and 1.2 take for the same: a text that one of them could take for something else ({@code no}, {@code 0o17}, {@code 1:30}) is
 * quoted. No anchors, no tags, and no line break at the end.
 */
public final class YamlLines {
    /** Begins with a letter and has nothing that means something to YAML. */
    private static final Pattern WORD =
            Pattern.compile("[A-Za-z_/][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./][A-Za-z0-9_./-]*)*");

    /** Booleans of YAML 1.1 that are no longer known to everybody. */
    private static final Set<String> LETTERS = Set.of("y", "Y", "n", "N");

    private static final int LONGEST_KEY = 1024;

    private final Resolver resolver = new Resolver();

    private YamlLines() {}

    /**
     * @param value maps, lists, texts, numbers, booleans, or null
     * @param most how many characters it may become
     * @throws UnfitException if it can't
     */
    public static String of(@Nullable Object value, int most) {
        BoundedText text = new BoundedText(most);
        DumperOptions options = new DumperOptions();
        options.setSplitLines(false);
        options.setWidth(Integer.MAX_VALUE);
        options.setMaxSimpleKeyLength(LONGEST_KEY);
        Serializer serializer = new Serializer(new Emitter(text, options), new Resolver(), options, null);
        try {
            serializer.open();
            serializer.serialize(new YamlLines().node(Plain.of(value, "YAML")));
            serializer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String lines = text.toString();
        return lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    }

    private Node node(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            List<NodeTuple> entries = new ArrayList<>();
            map.forEach((key, each) -> entries.add(new NodeTuple(node(key), node(each))));
            return new MappingNode(Tag.MAP, entries, entries.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
        }
        if (value instanceof List<?> list) {
            List<Node> elements = new ArrayList<>();
            list.forEach(each -> elements.add(node(each)));
            return new SequenceNode(Tag.SEQ, elements, elements.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
        }
        if (value == null) {
            return scalar(Tag.NULL, "null", ScalarStyle.PLAIN);
        }
        if (value instanceof Boolean) {
            return scalar(Tag.BOOL, value.toString(), ScalarStyle.PLAIN);
        }
        if (value instanceof Number number) {
            return number(number);
        }
        String words = value.toString();
        return scalar(Tag.STR, words, isWord(words) ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED);
    }

    private static Node number(Number number) {
        if (!Plain.isFinite(number)) {
            String sign = number.doubleValue() < 0 ? "-.inf" : ".inf";
            return scalar(Tag.FLOAT, Double.isNaN(number.doubleValue()) ? ".nan" : sign, ScalarStyle.PLAIN);
        }
        if (Plain.isWhole(number)) {
            return scalar(Tag.INT, number.toString(), ScalarStyle.PLAIN);
        }
        return scalar(Tag.FLOAT, Floats.of(number), ScalarStyle.PLAIN);
    }

    private boolean isWord(String words) {
        return WORD.matcher(words).matches()
                && !LETTERS.contains(words)
                && resolver.resolve(NodeId.scalar, words, true).equals(Tag.STR);
    }

    private static Node scalar(Tag tag, String words, ScalarStyle style) {
        return new ScalarNode(tag, words, null, null, style);
    }
}
