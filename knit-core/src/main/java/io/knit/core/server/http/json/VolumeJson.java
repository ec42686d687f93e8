package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;

/** Volumes of slots as the API has them. */
public final class VolumeJson {
    private VolumeJson() {}

    public static ObjectNode of(VolumeView view) {
        SlotVolume volume = view.volume();
        ObjectNode json = Json.object();
        json.put("deployment", volume.deployment()).put("slot", volume.slot()).put("name", volume.name());
        json.put("node", volume.node()).put("since", volume.since().toString());
        if (volume.removing() != null) {
            json.put("removing", volume.removing().toString());
        }
        if (volume.movedTo() != null) {
            json.put("moved_to", volume.movedTo());
        }
        SlotMove move = view.move();
        if (move != null) {
            json.set(
                    "move",
                    Json.object()
                            .put("from", move.from())
                            .put("to", move.to())
                            .put("phase", move.copying() ? "copying" : "stopping")
                            .put("since", move.since().toString()));
        }
        json.put("used", view.user() != null);
        if (view.user() != null) {
            json.put("used_by", view.user());
        }
        json.put("away", view.away());
        return json.put("awaits", view.awaits());
    }
}
