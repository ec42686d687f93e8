package io.knit.core.server.plan;

import io.knit.api.model.Instance;
import io.knit.api.model.SlotKey;
import java.util.List;
import java.util.stream.IntStream;

/** A slot for each number below that of the replicas. */
record Numbered(int replicas) implements Roster {
    @Override
    public List<SlotKey> wanted() {
        return IntStream.range(0, replicas).mapToObj(SlotKey::of).toList();
    }

    @Override
    public boolean isWanted(SlotKey key) {
        return key.name() == null && key.number() < replicas;
    }

    @Override
    public int number(SlotKey key) {
        return key.number();
    }

    @Override
    public String whyNot(Instance surplus) {
        return "scaled down to " + replicas;
    }
}
