package io.knit.core.server.documents.kept;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.spi.store.StoreWrite;
import io.knit.core.server.documents.upgrade.Upgrades;
import io.knit.core.wire.WireCodec;

/**
 * The one document of the table {@code meta}.
 *
 * @param format number of the form in which the documents are, as in {@link Upgrades}; 0 of one that says none
 */
public record Meta(
        @JsonProperty(required = true) String cluster,
        @JsonProperty(required = true) long revision,
        @JsonProperty(required = true) long lastEvent,
        int format) {
    public StoreWrite write() {
        return StoreWrite.put(Tables.META, Tables.META, WireCodec.encodeText(this));
    }
}
