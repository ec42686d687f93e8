package io.knit.core.server.documents;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.api.error.KnitException;
import io.knit.api.model.KnitEvent;
import io.knit.api.spi.store.StoredDocument;
import io.knit.core.server.documents.kept.KeptEvents;
import io.knit.core.server.events.EventLog;
import io.knit.core.server.events.StoredEvents;
import io.knit.core.server.state.Keys;
import io.knit.core.wire.WireCodec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The events that a reading found, each read by itself: one that can't be costs none of those beside it. Not thread-safe. */
final class ReadEvents {
    private final List<KnitEvent> events = new ArrayList<>();
    private final List<StoredEvents.Block> blocks = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();

    /** Whether a document is under its key; one that is not is looked at later. */
    @FunctionalInterface
    interface Place {
        boolean isRight(StoredDocument document, String key, Object content);
    }

    /** Those of a document that can be read as a whole. */
    void read(StoredDocument document, KeptEvents kept, Place place) {
        if (!kept.events().isEmpty()) {
            add(document, kept, kept.events().get(0).seq(), kept.events().size(), place);
        }
    }

    void read(StoredDocument document, JsonNode content, Place place) {
        JsonNode said = content.path("events");
        List<KnitEvent> found = new ArrayList<>();
        for (JsonNode each : said) {
            try {
                found.add(WireCodec.decode(each, "event", KnitEvent.class));
            } catch (KnitException e) {
                unreadable.add(document.table() + "/" + document.key() + " (" + e.getMessage() + ")");
            }
        }
        long first = said.path(0).path("seq").asLong();
        if (first < 1 && found.isEmpty()) {
            // there is nothing to tell its place by
            return;
        }
        add(document, new KeptEvents(found), first, said.size(), place);
    }

    private void add(StoredDocument document, KeptEvents found, long first, int count, Place place) {
        if (place.isRight(document, Keys.event(first), found)) {
            events.addAll(found.events());
            blocks.add(new StoredEvents.Block(first, count));
        }
    }

    /** What could not be read, and why; more may be added. */
    List<String> unreadable() {
        return unreadable;
    }

    /** Says whether they were: there are none of the same number. */
    boolean addIfMissing(KeptEvents found) {
        if (found.events().isEmpty()) {
            return false;
        }
        long first = found.events().get(0).seq();
        boolean isMissing = events.stream().noneMatch(event -> event.seq() == first);
        if (isMissing) {
            events.addAll(found.events());
            blocks.add(new StoredEvents.Block(first, found.events().size()));
        }
        return isMissing;
    }

    /** @param last number of the newest event ever */
    EventLog log(long last) {
        events.sort(Comparator.comparingLong(KnitEvent::seq));
        return new EventLog(events, last, new StoredEvents(blocks));
    }
}
