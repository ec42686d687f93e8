package io.knit.core.server.events;

import io.knit.api.model.SlotVolume;
import java.util.Collection;
import java.util.stream.Collectors;

/** What is lost with a node that is forgotten, in words: it may be on its host still, but nobody looks for it there any more. */
final class GoneVolumes {
    private static final int NAMED = 5;

    private GoneVolumes() {}

    /** Empty if nothing is. */
    static String words(Collection<SlotVolume> volumes) {
        if (volumes.isEmpty()) {
            return "";
        }
        String named = volumes.stream()
                .limit(NAMED)
                .map(it -> it.deployment() + "/" + it.slot() + "/" + it.name())
                .collect(Collectors.joining(", "));
        return "; what is in " + volumes.size() + " volume(s) is left on its host, and made anew elsewhere, empty: "
                + named + (volumes.size() > NAMED ? ", …" : "");
    }
}
