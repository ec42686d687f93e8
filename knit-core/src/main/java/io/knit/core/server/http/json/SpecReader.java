package io.knit.core.server.http.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.admission.ModeRules;
import io.knit.core.server.admission.Refusals;
import io.knit.core.spec.SpecTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * JSON to {@link DeploymentSpec}, strictly: nothing is guessed, converted or passed over. Whether the values make sense is for
 * admission to say.
 */
public final class SpecReader {
    private static final int MAX_NESTING = 32;

    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .maxNumberLength(100)
                    .maxNameLength(4096)
                    .build())
            .build());

    private SpecReader() {}

    /**
     * @throws KnitException of kind USER
     */
    public static DeploymentSpec read(byte[] body) {
        return read(tree(body));
    }

    /** @throws KnitException of kind USER */
    static DeploymentSpec read(JsonNode tree) {
        Refusals refusals = new Refusals();
        DeploymentSpec spec = read(tree, "", refusals);
        refusals.throwIfAny();
        return spec;
    }

    /**
     * A spec in a larger document. What is wrong is collected: of one that can't be read as a whole also what admission says of the rest, so that a
     * user learns both at once.
     */
    static DeploymentSpec read(JsonNode tree, String pointer, Refusals refusals) {
        Refusals unread = new Refusals();
        DeploymentSpec spec = RecordReader.read(tree, pointer, SpecTable.SPEC, unread);
        boolean knowsMode = !unread.has(pointer + "/mode");
        Refusals given = new Refusals();
        if (knowsMode) {
            given(tree, spec, given);
        }
        if (unread.any() || given.any()) {
            Refusals further = Admission.rules(spec, knowsMode);
            given.addNew(further);
            unread.addFurther(pointer, given);
        }
        refusals.addAll(unread);
        return spec;
    }

    /** What a record does not say: that something was given to it as what it is anyway. */
    private static void given(JsonNode tree, DeploymentSpec spec, Refusals refusals) {
        if (tree.has("replicas")) {
            ModeRules.given(spec, refusals);
        }
        boolean once = "never".equals(tree.path("restart").path("condition").asText());
        if (tree.has("restart") && !once) {
            ModeRules.restartGiven(spec, refusals);
        }
    }

    /** @throws KnitException with {@code NOT_JSON} */
    static JsonNode tree(byte[] body) {
        String text = utf8(body);
        if (text == null) {
            throw notJson("the body is not JSON: it is not UTF-8 text; send it as UTF-8");
        }
        try (JsonParser parser = MAPPER.createParser(text)) {
            JsonNode tree = MAPPER.readTree(parser);
            if (tree == null || tree.isMissingNode()) {
                throw notJson("the body is empty; send what is meant as JSON");
            }
            requireEnd(parser);
            return tree;
        } catch (StreamConstraintsException e) {
            throw notJson(
                    "the body is nested deeper than " + MAX_NESTING + " levels, or a name or number in it is too long");
        } catch (JsonProcessingException e) {
            throw notJson("the body is not JSON: " + words(e) + " at " + place(e.getLocation()));
        } catch (IOException e) {
            throw new KnitException(ErrorCode.INTERNAL, "a body in memory could not be read", e);
        }
    }

    private static void requireEnd(JsonParser parser) throws IOException {
        JsonLocation end = parser.currentLocation();
        boolean more;
        try {
            more = parser.nextToken() != null;
        } catch (JsonProcessingException e) {
            more = true;
        }
        if (more) {
            throw notJson("there is more after the end of the document, which is at " + place(end) + "; remove it");
        }
    }

    private static String words(JsonProcessingException e) {
        String message = e.getOriginalMessage().replaceAll(" \\(start marker at [^)]*\\)[^)]*\\)", "");
        int more = message.indexOf('\n');
        return (more < 0 ? message : message.substring(0, more)).replaceAll("\\p{Cntrl}", "\uFFFD");
    }

    /** Without the mark of its begin; null: it is no UTF-8 text. */
    static @Nullable String utf8(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static String place(JsonLocation location) {
        return "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static KnitException notJson(String message) {
        return KnitException.at("", ErrorCode.NOT_JSON, message);
    }
}
