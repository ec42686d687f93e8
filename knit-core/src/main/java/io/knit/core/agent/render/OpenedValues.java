package io.knit.core.agent.render;

import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.TemplateSpec;
import io.knit.core.template.ServiceLookup;
import io.knit.core.template.bound.ValueReader;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.seal.SealKey;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What an order reads of variables, secrets and files, opened for the time in which its container is made. Shows itself to nobody. */
public final class OpenedValues implements ValueReader {
    /** Of an order that reads nothing. */
    public static final OpenedValues NONE = new OpenedValues(Map.of());

    private final Map<String, Value.Content> byPlace;

    private OpenedValues(Map<String, Value.Content> byPlace) {
        this.byPlace = byPlace;
    }

    /**
     * Opens all. Takes some time.
     *
     * @throws KnitException with {@code SECRETS_LOCKED} if one was not given, or does not open
     */
    public static OpenedValues of(List<ReadValue> reads, SealKey key) {
        Map<String, Value.Content> opened = new HashMap<>();
        for (ReadValue value : reads) {
            String body = value.body();
            if (body == null) {
                throw new KnitException(
                        ErrorCode.SECRETS_LOCKED,
                        value.at() + " (version " + value.version() + ") was not given by the server: "
                                + (value.refused() == null ? "it is not there" : value.refused()));
            }
            opened.put(value.at(), Value.Content.of(opened(value, body, key)));
        }
        return new OpenedValues(opened);
    }

    private static byte[] opened(ReadValue value, String body, SealKey key) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(body);
        } catch (IllegalArgumentException e) {
            throw new KnitException(
                    ErrorCode.SECRETS_LOCKED, value.at() + " came from the server in a form that is none", e);
        }
        return value.isSealed() ? key.open(value.about(), bytes) : bytes;
    }

    @Override
    public String read(String kind, String name) {
        Value.Content content = byPlace.get(kind + "/" + name);
        if (content == null) {
            throw new MissingException(kind + "(\"" + name + "\") is not there");
        }
        return content.text().orElseThrow(() -> new MissingException(kind + "(\"" + name + "\") is no text in UTF-8"));
    }

    /** As a template reads, that knows services if it follows them, and by what it says of what is missing. */
    ValueReader as(TemplateSpec template, ServiceLookup services) {
        boolean without = template.onMissing() == TemplateSpec.OnMissing.DEFAULT;
        return new ValueReader() {
            @Override
            public String read(String kind, String name) {
                return without && !byPlace.containsKey(kind + "/" + name) ? "" : OpenedValues.this.read(kind, name);
            }

            @Override
            public List<Map<String, Object>> service(String name) {
                return template.follows() ? services.of(name) : OpenedValues.this.service(name);
            }
        };
    }

    /**
     * What one holds.
     *
     * @throws KnitException with {@code INVALID_VALUE} if it is not among those that the order reads
     */
    public Value.Content get(Value.Kind kind, String name) {
        Value.Content content = byPlace.get(kind.wireName() + "/" + name);
        if (content == null) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the order does not say which version of the " + kind.words() + " " + name + " it reads");
        }
        return content;
    }

    /** Without what they hold. */
    @Override
    public String toString() {
        return "OpenedValues" + byPlace.keySet();
    }
}
