package io.knit.core.server.events;

import io.knit.api.model.KnitEvent;
import io.knit.api.model.SlotVolume;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.Step;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * What is lost with a node that is forgotten, in words: it may be on its host still, but nobody looks for it there any more. Who may see the node need not see whose
 * volumes those are: each is told as its own deployment's.
 */
final class GoneVolumes {
    private GoneVolumes() {}

    /** Empty if nothing is. An old copy, and one that is to go, is made anew nowhere. */
    static String words(Collection<SlotVolume> all) {
        long volumes = all.stream().filter(SlotVolume::isInForce).count();
        return volumes == 0
                ? ""
                : "; what is in " + volumes + " volume(s) is left on its host, and made anew elsewhere, empty";
    }

    /** Of a change that forgets a node. */
    static List<KnitEvent> of(Step step, long seq, Instant now) {
        return step.change() instanceof Change.RemoveNode remove
                ? step.before().volumesOn(remove.id()).values().stream()
                        .map(volume -> SlotVolumeWords.left(volume, seq, now))
                        .toList()
                : List.of();
    }
}
