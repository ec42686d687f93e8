package io.knit.core.server.documents.kept;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.model.KnitEvent;
import java.util.List;

/**
 * What one commit told, as it is stored.
 *
 * @param events oldest first, at least one
 */
public record KeptEvents(@JsonProperty(required = true) List<KnitEvent> events) {
    public KeptEvents {
        events = List.copyOf(events);
    }
}
