package io.knit.api.spi.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts a document, or removes it.
 *
 * @param table 1–32 of {@code a-z _}
 * @param key 1–255 characters
 * @param body JSON text to put, or null: remove the document if it is there
 */
public record StoreWrite(String table, String key, @Nullable String body) {
    public StoreWrite {
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(key, "key");
    }

    public static StoreWrite put(String table, String key, String body) {
        return new StoreWrite(table, key, Objects.requireNonNull(body, "body"));
    }

    public static StoreWrite remove(String table, String key) {
        return new StoreWrite(table, key, null);
    }
}
