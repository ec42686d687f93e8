package io.knit.core.server.documents.upgrade;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.documents.kept.Tables;
import java.util.List;

/** From form 3 to 4: a document has the events of one commit. One that stands alone is the only one of its document. */
public final class EventGathering implements Upgrades.Step {
    @Override
    public List<Upgrades.Tree> apply(Upgrades.Tree document) {
        if (!document.table().equals(Tables.EVENT)) {
            return List.of(document);
        }
        ObjectNode gathered = document.body().objectNode();
        gathered.putArray("events").add(document.body());
        return List.of(new Upgrades.Tree(document.table(), document.key(), gathered));
    }
}
