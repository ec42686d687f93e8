package io.knit.plugin.nats.broker.login;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of CONNECT's JSON object, read as nats-server reads them: names in any case, a null leaves what was, a known field
 * of another type is an error, the last of several wins, unknown fields are skipped.
 */
public final class ConnectFields {
    private enum Kind {
        FLAG,
        NUMBER,
        TEXT
    }

    private static final JsonFactory JSON = new JsonFactory();
    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("verbose", Kind.FLAG),
            Map.entry("pedantic", Kind.FLAG),
            Map.entry("echo", Kind.FLAG),
            Map.entry("headers", Kind.FLAG),
            Map.entry("no_responders", Kind.FLAG),
            Map.entry("tls_required", Kind.FLAG),
            Map.entry("new_account", Kind.FLAG),
            Map.entry("protocol", Kind.NUMBER),
            Map.entry("name", Kind.TEXT),
            Map.entry("lang", Kind.TEXT),
            Map.entry("version", Kind.TEXT),
            Map.entry("user", Kind.TEXT),
            Map.entry("pass", Kind.TEXT),
            Map.entry("auth_token", Kind.TEXT),
            Map.entry("nkey", Kind.TEXT),
            Map.entry("sig", Kind.TEXT),
            Map.entry("jwt", Kind.TEXT),
            Map.entry("account", Kind.TEXT));

    private final Map<String, Object> values = new HashMap<>();

    private ConnectFields() {}

    /** Reads a JSON object or null; gives null if it is neither. */
    public static @Nullable ConnectFields read(String text) {
        ConnectFields fields = new ConnectFields();
        try (JsonParser json = JSON.createParser(text)) {
            JsonToken first = json.nextToken();
            if (first == JsonToken.START_OBJECT) {
                fields.readFields(json);
            } else if (first != JsonToken.VALUE_NULL) {
                return null;
            }
            return json.nextToken() == null ? fields : null;
        } catch (IOException e) {
            return null;
        }
    }

    private void readFields(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName().toLowerCase(Locale.ROOT);
            Kind kind = KINDS.get(name);
            JsonToken value = json.nextToken();
            if (kind == null) {
                json.skipChildren();
            } else if (value != JsonToken.VALUE_NULL) {
                values.put(name, value(json, kind, value));
            }
        }
    }

    private static Object value(JsonParser json, Kind kind, JsonToken token) throws IOException {
        if (kind == Kind.FLAG && token.isBoolean()) {
            return token == JsonToken.VALUE_TRUE;
        }
        if (kind == Kind.NUMBER && token == JsonToken.VALUE_NUMBER_INT) {
            return json.getIntValue();
        }
        if (kind == Kind.TEXT && token == JsonToken.VALUE_STRING) {
            return json.getText();
        }
        throw new JsonParseException(json, "another type is expected");
    }

    boolean flag(String name, boolean otherwise) {
        return values.get(name) instanceof Boolean flag ? flag : otherwise;
    }

    int number(String name, int otherwise) {
        return values.get(name) instanceof Integer number ? number : otherwise;
    }

    public String text(String name, String otherwise) {
        return values.get(name) instanceof String text ? text : otherwise;
    }
}
