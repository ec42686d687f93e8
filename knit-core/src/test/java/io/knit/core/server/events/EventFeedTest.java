package io.knit.core.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.KnitEvent;
import io.knit.core.plugin.ForeignTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventFeedTest {
    @ParameterizedTest
    @MethodSource("io.knit.core.plugin.ForeignTest#whateverIsThrown")
    void whoFailsKeepsNothingFromTheOthers(Throwable what) {
        EventFeed feed = new EventFeed();
        List<Long> heard = new ArrayList<>();
        feed.add(event -> ForeignTest.sneak(what));
        feed.add(event -> heard.add(event.seq()));

        feed.publish(List.of(event(1), event(2)));

        assertThat(heard).containsExactly(1L, 2L);
    }

    private static KnitEvent event(long seq) {
        return new KnitEvent(seq, Instant.EPOCH, "instance.running", "web", null, null, "");
    }
}
