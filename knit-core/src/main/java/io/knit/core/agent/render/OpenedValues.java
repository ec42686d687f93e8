package io.knit.core.agent.render;

import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.TemplateSpec;
import io.knit.core.agent.output.SecretMask;
import io.knit.core.template.ServiceLookup;
import io.knit.core.template.bound.ValueReader;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.seal.SealKey;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an order reads of variables, secrets and files, opened for the time in which its container is made. Shows itself to nobody. */
public final class OpenedValues implements ValueReader {
    /** Of an order that reads nothing. */
    public static final OpenedValues NONE = new OpenedValues(Map.of(), Map.of());

    private final Map<String, Value.Content> byPlace;
    /** Why others are not there. */
    private final Map<String, KnitException> locked;

    private OpenedValues(Map<String, Value.Content> byPlace, Map<String, KnitException> locked) {
        this.byPlace = byPlace;
        this.locked = locked;
    }

    /**
     * Opens all. Takes some time.
     *
     * @throws KnitException with {@code SECRETS_LOCKED} if one was not given, or does not open
     */
    public static OpenedValues of(List<ReadValue> reads, SealKey key) {
        OpenedValues all = asFarAsGiven(reads, key);
        if (!all.locked.isEmpty()) {
            throw all.locked.values().iterator().next();
        }
        return all;
    }

    /** Opens all; one that was not given, or does not open, is refused to who reads that one. Takes some time. */
    static OpenedValues asFarAsGiven(List<ReadValue> reads, SealKey key) {
        Map<String, Value.Content> opened = new HashMap<>();
        Map<String, KnitException> locked = new LinkedHashMap<>();
        for (ReadValue value : reads) {
            try {
                opened.put(value.at(), Value.Content.of(opened(value, key)));
            } catch (KnitException e) {
                locked.put(value.at(), e);
            }
        }
        return new OpenedValues(opened, locked);
    }

    private static byte[] opened(ReadValue value, SealKey key) {
        String body = value.body();
        if (body == null) {
            throw new KnitException(
                    ErrorCode.SECRETS_LOCKED,
                    value.at() + " (version " + value.version() + ") was not given by the server: "
                            + (value.refused() == null ? "it is not there" : value.refused()));
        }
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

    /** Of the secrets that were given and are text. */
    SecretMask mask() {
        return SecretMask.of(byPlace.entrySet().stream()
                .filter(it -> it.getKey().startsWith(Value.Kind.SECRET.wireName() + "/"))
                .flatMap(it -> it.getValue().text().stream())
                .toList());
    }

    /** As a template reads, that knows services if it follows them, and by what it says of what is missing. */
    Reading as(TemplateSpec template, ServiceLookup services) {
        return new Reading(template, services);
    }

    /** One template's, while it is rendered. */
    final class Reading implements ValueReader {
        private final TemplateSpec template;
        private final ServiceLookup services;
        private @Nullable KnitException refused;

        private Reading(TemplateSpec template, ServiceLookup services) {
            this.template = template;
            this.services = services;
        }

        @Override
        public String read(String kind, String name) {
            String at = kind + "/" + name;
            KnitException why = locked.get(at);
            if (why != null) {
                refused = why;
                throw new MissingException(String.valueOf(why.getMessage()));
            }
            boolean without = template.onMissing() == TemplateSpec.OnMissing.DEFAULT;
            return without && !byPlace.containsKey(at) ? "" : OpenedValues.this.read(kind, name);
        }

        @Override
        public List<Map<String, Object>> service(String name) {
            return template.follows() ? services.of(name) : OpenedValues.this.service(name);
        }

        /** Why it did not get what may be given later; null: it got all. */
        @Nullable
        KnitException refused() {
            return refused;
        }
    }

    /**
     * What one holds.
     *
     * @throws KnitException with {@code INVALID_VALUE} if it is not among those that the order reads, with {@code SECRETS_LOCKED} if it was not given, or
     *     does not open
     */
    public Value.Content get(Value.Kind kind, String name) {
        String at = kind.wireName() + "/" + name;
        KnitException why = locked.get(at);
        if (why != null) {
            throw why;
        }
        Value.Content content = byPlace.get(at);
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
