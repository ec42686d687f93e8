package io.knit.launcher.yaml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Trees as YAML. What a text looks like differs from one reader to the other – {@code 1e3}, {@code 1_000}, {@code 12:30}, {@code yes}, a date – so whatever is
 * no plain word has quotes.
 */
public final class YamlForm {
    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .stringQuotingChecker(new Quotes())
            .build());

    private YamlForm() {}

    public static String of(JsonNode tree) {
        try {
            return YAML.writeValueAsString(written(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** YAML 1.1 wants a sign in an exponent, and takes {@code 1.0E10} for a text; JSON and Java write none. */
    private static JsonNode written(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(each -> copy.set(each.getKey(), written(each.getValue())));
            return copy;
        }
        if (tree instanceof ArrayNode list) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            list.forEach(each -> copy.add(written(each)));
            return copy;
        }
        boolean unsigned = tree.isFloatingPointNumber() && tree.asText().matches(".*E[0-9]+");
        return unsigned ? DecimalNode.valueOf(new BigDecimal(tree.asText())) : tree;
    }

    private static final class Quotes extends StringQuotingChecker {
        private static final long serialVersionUID = 1;

        /** Begins with a letter, or is a path: no number, moment or sign of any YAML does. */
        private static final Pattern PLAIN =
                Pattern.compile("(?:[A-Za-z]|/[A-Za-z])(?:[A-Za-z0-9_./@+()-]|:(?=[A-Za-z0-9/])| (?=[A-Za-z0-9(]))*");

        private static final Set<String> RESERVED = Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

        @Override
        public boolean needToQuoteName(String name) {
            return !isPlain(name);
        }

        @Override
        public boolean needToQuoteValue(String value) {
            // several lines stand below a bar, or in quotes where they can't: the generator knows
            return value.indexOf('\n') < 0 && !isPlain(value);
        }

        private static boolean isPlain(String text) {
            return PLAIN.matcher(text).matches() && !RESERVED.contains(text.toLowerCase(Locale.ROOT));
        }
    }
}
