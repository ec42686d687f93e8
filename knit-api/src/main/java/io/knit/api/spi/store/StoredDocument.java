package io.knit.api.spi.store;

import java.util.Objects;

/**
 * A document in a store.
 *
 * @param table 1–32 of {@code a-z _}
 * @param key 1–255 characters
 * @param body JSON text, up to 4 MiB
 */
public record StoredDocument(String table, String key, String body) {
    public StoredDocument {
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(body, "body");
    }
}
