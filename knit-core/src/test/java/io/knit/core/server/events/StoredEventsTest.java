package io.knit.core.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.KnitEvent;
import io.knit.core.server.documents.kept.KeptEvents;
import io.knit.core.wire.WireCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StoredEventsTest {
    private static List<KnitEvent> told(long first, int count) {
        return LongStream.range(first, first + count)
                .mapToObj(seq -> new KnitEvent(seq, Instant.EPOCH, "instance.running", "web", null, null, "runs"))
                .toList();
    }

    @Test
    @DisplayName("what nodes say at length makes more documents, none of which is more than the store takes")
    void muchToSay() {
        List<KnitEvent> told = LongStream.range(1, 1_500)
                .mapToObj(seq ->
                        new KnitEvent(seq, Instant.EPOCH, "instance.failed", "web", null, null, "界".repeat(2_000)))
                .toList();
        List<List<KnitEvent>> documents = StoredEvents.documents(told);
        assertThat(documents)
                .hasSizeGreaterThan(1)
                .allSatisfy(each ->
                        assertThat(WireCodec.encodeText(new KeptEvents(each))).hasSizeLessThan(4 << 20));
        assertThat(documents.stream().flatMap(List::stream).toList()).isEqualTo(told.subList(499, 1_499));

        StoredEvents stored = new StoredEvents(List.of());
        stored.stored(told);
        assertThat(stored.over(1_000)).hasSize(documents.size());
    }

    @Test
    @DisplayName("however many a commit tells, the newest thousand are stored and not much more, also over a restart")
    void enoughAndNotMore() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        SortedMap<Long, Integer> documents = new TreeMap<>();
        StoredEvents stored = new StoredEvents(List.of());
        long next = 1;
        for (int i = 0; i < 500; i++) {
            int count = random.nextInt(10) == 0 ? random.nextInt(1, 3_000) : random.nextInt(1, 40);
            List<KnitEvent> kept = StoredEvents.documents(told(next, count)).stream()
                    .flatMap(List::stream)
                    .toList();
            stored.over(kept.size())
                    .forEach(first -> assertThat(documents.remove(first)).isNotNull());
            StoredEvents.documents(told(next, count))
                    .forEach(each -> documents.put(each.get(0).seq(), each.size()));
            stored.stored(told(next, count));
            next += count;

            int all = documents.values().stream().mapToInt(Integer::intValue).sum();
            int oldest = Objects.requireNonNull(documents.get(documents.firstKey()));
            assertThat(all).isGreaterThanOrEqualTo((int) Math.min(next - 1, StoredEvents.MOST));
            assertThat(all - oldest).isLessThan(StoredEvents.MOST);
            if (random.nextInt(20) == 0) {
                List<StoredEvents.Block> found = new ArrayList<>();
                documents.forEach((first, size) -> found.add(0, new StoredEvents.Block(first, size)));
                stored = new StoredEvents(found);
            }
        }
    }
}
