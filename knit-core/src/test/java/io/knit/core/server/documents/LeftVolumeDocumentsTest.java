package io.knit.core.server.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.spi.store.StoreWrite;
import io.knit.core.server.documents.kept.Tables;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a release that knows no moves finds in the store: something that it refuses, as long as it would misread the rest. */
class LeftVolumeDocumentsTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final SlotVolume THERE = new SlotVolume("db", "0", "data", "n1", NOW, null);
    private static final SlotVolume COPY = new SlotVolume("db", "0", "data", "n2", NOW, null);
    private static final SlotMove MOVE = new SlotMove("db", "0", "n1", "n2", List.of("data"), true, NOW, 0);

    private final TreeMap<String, String> store = new TreeMap<>();
    private ClusterState state = ClusterState.empty("c");

    private void commit(Change... changes) {
        ClusterState after = state;
        for (Change change : changes) {
            after = change.applyTo(after);
        }
        for (StoreWrite write : StateCodec.writes(new Commit(state, after, List.of(changes), List.of()))) {
            if (write.body() == null) {
                store.remove(write.table() + "/" + write.key());
            } else {
                store.put(write.table() + "/" + write.key(), write.body());
            }
        }
        state = after;
    }

    private List<String> tables() {
        return store.keySet().stream().filter(it -> !it.startsWith(Tables.META)).toList();
    }

    @Test
    @DisplayName("a move and an old copy have tables of their own; with the old copy the last of it goes")
    void moved() {
        commit(new Change.PutVolume(THERE));
        assertThat(tables()).containsExactly("volume/db/0/data/n1");
        commit(new Change.PutMove(MOVE), new Change.PutVolume(COPY));
        assertThat(tables()).containsExactly("move/db/0", "volume/db/0/data/n1", "volume/db/0/data/n2");
        commit(new Change.PutVolume(THERE.leftBehind("n2")), new Change.RemoveMove(MOVE.key(), ""));
        assertThat(tables()).containsExactly("left_volume/db/0/data/n1", "volume/db/0/data/n2");
        commit(new Change.PutVolume(THERE.leftBehind("n2").removing(NOW)));
        assertThat(tables()).containsExactly("left_volume/db/0/data/n1", "volume/db/0/data/n2");
        commit(new Change.RemoveVolume(THERE.key()));
        assertThat(tables()).containsExactly("volume/db/0/data/n2");
    }

    @Test
    @DisplayName("an old copy that is in force again, or whose node is forgotten, leaves nothing behind")
    void again() {
        commit(new Change.PutVolume(THERE));
        commit(new Change.PutVolume(THERE.leftBehind("n2")));
        commit(new Change.PutVolume(THERE.leftBehind("n2").staying()));
        assertThat(tables()).containsExactly("volume/db/0/data/n1");
        commit(new Change.PutVolume(THERE.leftBehind("n2")));
        commit(new Change.RemoveNode("n1"));
        assertThat(tables()).isEmpty();
    }
}
