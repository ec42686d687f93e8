package io.knit.plugin.wgmesh.socket;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Map;

/** One JSON-RPC 2.0 call: its line, and its result from the line that answers. */
public record MeshCall(long id, String method, Map<String, String> params) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final int LONGEST_MESSAGE = 200;

    public MeshCall {
        params = Map.copyOf(params);
    }

    public Buffer line() {
        ObjectNode call =
                JSON.createObjectNode().put("jsonrpc", "2.0").put("id", id).put("method", method);
        if (!params.isEmpty()) {
            call.set("params", JSON.valueToTree(params));
        }
        try {
            return Buffer.buffer(JSON.writeValueAsBytes(call)).appendByte((byte) '\n');
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws MeshProtocolException if the line does not answer this call, or answers with an error */
    public JsonNode result(Buffer line) {
        JsonNode answer = parse(line);
        if (!answer.isObject()) {
            throw new MeshProtocolException("answered " + method + " with something else than a JSON object");
        }
        JsonNode error = answer.path("error");
        if (!error.isMissingNode() && !error.isNull()) {
            throw new MeshProtocolException("refused " + method + ": " + words(error));
        }
        if (!answer.path("id").canConvertToExactIntegral() || answer.path("id").asLong() != id) {
            throw new MeshProtocolException("answered another call than " + method);
        }
        if (!answer.path("result").isObject()) {
            throw new MeshProtocolException("answered " + method + " without a result");
        }
        return answer.path("result");
    }

    private JsonNode parse(Buffer line) {
        try {
            return JSON.readTree(line.getBytes());
        } catch (IOException e) {
            throw new MeshProtocolException("answered " + method + " with something that is not JSON");
        }
    }

    private static String words(JsonNode error) {
        String text = error.path("message").asText("no reason given") + " (code "
                + error.path("code").asText("none") + ")";
        String plain = text.replaceAll("\\p{Cntrl}", " ");
        return plain.length() <= LONGEST_MESSAGE ? plain : plain.substring(0, LONGEST_MESSAGE) + "…";
    }
}
