package io.knit.core.server.documents.kept;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.spi.store.StoreWrite;
import io.knit.core.server.documents.upgrade.Upgrades;
import io.knit.core.server.state.ClusterState;
import io.knit.core.wire.WireCodec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The one document of the table {@code meta}.
 *
 * @param format number of the form in which the documents are, as in {@link Upgrades}; 0 of one that says none
 * @param passed the highest version of any variable, secret or file that was removed; null: none was
 * @param residue true: what was in clear before may still be in pages that the store does not use any more; null: it is not
 * @param served the time for which servers were there up to this commit; null: a release of before wrote it
 */
public record Meta(
        @JsonProperty(required = true) String cluster,
        @JsonProperty(required = true) long revision,
        @JsonProperty(required = true) long lastEvent,
        int format,
        @Nullable Instant served,
        @Nullable Integer passed,
        @Nullable Boolean residue) {
    /** Of that state, in that form. */
    public static Meta of(ClusterState state, int format) {
        boolean known = !state.served().equals(Instant.EPOCH);
        int passed = state.values().passed();
        return new Meta(
                state.cluster(),
                state.revision(),
                state.lastEvent(),
                format,
                known ? state.served() : null,
                passed == 0 ? null : passed,
                null);
    }

    /** The same, with more to wipe. */
    public Meta withResidue() {
        return new Meta(cluster, revision, lastEvent, format, served, passed, true);
    }

    public StoreWrite write() {
        return StoreWrite.put(Tables.META, Tables.META, WireCodec.encodeText(this));
    }
}
