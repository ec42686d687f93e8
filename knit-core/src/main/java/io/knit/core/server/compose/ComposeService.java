package io.knit.core.server.compose;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.compose.text.Spot;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A service that is taken over.
 *
 * @param service its name in the file
 * @param deployment its deployment's
 * @param spec as {@code POST /deployments} takes it
 * @param places where in the file its fields come from, by JSON pointer
 * @param spot where the service itself is
 */
public record ComposeService(String service, String deployment, ObjectNode spec, Map<String, Spot> places, Spot spot) {

    public ComposeService {
        places = Map.copyOf(places);
    }

    /** Where a field of the spec comes from: its own place, else that of what it is in. */
    public Spot at(@Nullable String pointer) {
        String place = pointer == null ? "" : pointer;
        while (!place.isEmpty()) {
            Spot found = places.get(place);
            if (found != null) {
                return found;
            }
            place = place.substring(0, place.lastIndexOf('/'));
        }
        return spot;
    }
}
