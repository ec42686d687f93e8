package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.core.server.admission.Refusals;
import java.util.Base64;
import java.util.List;

/** Variables, secrets and files as the API has them. */
public final class ValueJson {
    private static final String TEXT = "value";
    private static final String BYTES = "base64";
    private static final List<String> FIELDS = List.of(TEXT, BYTES);

    private ValueJson() {}

    /**
     * What one is to hold.
     *
     * @throws io.knit.api.error.KnitException of kind USER, which quotes nothing of it
     */
    public static Value.Content read(byte[] body) {
        Refusals refusals = new Refusals();
        Fields fields = new Fields(SpecReader.tree(body), "", refusals, FIELDS);
        Value.Content content = Value.Content.of("");
        if (fields.has(TEXT) && fields.has(BYTES)) {
            refusals.add("/" + BYTES, ErrorCode.INVALID_VALUE, "give value or base64, not both");
        } else if (fields.has(BYTES)) {
            try {
                content = Value.Content.of(Base64.getDecoder().decode(fields.text(BYTES)));
            } catch (IllegalArgumentException e) {
                refusals.add(
                        "/" + BYTES, ErrorCode.INVALID_VALUE, "base64 is no Base64 (not shown); give text in value");
            }
        } else if (fields.has(TEXT)) {
            content = text(fields, refusals);
        } else {
            fields.require(TEXT);
        }
        refusals.throwIfAny();
        return content;
    }

    /** What can't be written in UTF-8 would be kept as something else. */
    private static Value.Content text(Fields fields, Refusals refusals) {
        String text = fields.text(TEXT);
        Value.Content content = Value.Content.of(text);
        if (!content.text().orElse("").equals(text)) {
            refusals.add(
                    "/" + TEXT,
                    ErrorCode.INVALID_VALUE,
                    "value has half a character (not shown); give text, or base64");
        }
        return content;
    }

    /** With what it holds, if that is told: as text if it is text. */
    public static ObjectNode of(Value value) {
        ObjectNode json = Json.object();
        json.put("name", value.name()).put("version", value.version()).put("bytes", value.bytes());
        json.put("changed_at", value.changedAt().toString()).put("changed_by", value.changedBy());
        Value.Content content = value.content();
        if (content != null) {
            content.text()
                    .ifPresentOrElse(
                            text -> json.put(TEXT, text),
                            () -> json.put(BYTES, Base64.getEncoder().encodeToString(content.bytes())));
        }
        return json;
    }

    public static ObjectNode of(Value.Rotation done) {
        return Json.object().put("key", done.key()).put("sealed", done.sealed());
    }
}
