package io.knit.core.server.documents.upgrade;

import java.util.List;

/** From form 4 to 5: a slot's volumes may be on two nodes, one of them an old copy or one that is only coming. A server that does not know that would run the slot by the wrong one. */
public final class SlotMoving implements Upgrades.Step {
    @Override
    public List<Upgrades.Tree> apply(Upgrades.Tree document) {
        return List.of(document);
    }
}
