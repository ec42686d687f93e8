package io.knit.core.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.SlotVolume;
import io.knit.core.server.Fixtures;
import io.knit.core.server.command.Sight;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GoneVolumesTest {
    private static final Instant NOW = Instant.parse("2026-11-30T08:00:00Z");

    private static Change volume(String deployment, String node) {
        return new Change.PutVolume(new SlotVolume(deployment, "0", "data", node, NOW, null, null));
    }

    @Test
    @DisplayName("what goes with a forgotten node is told to whom it belongs, and its number to all who see nodes")
    void ofANode() {
        ClusterState state = Fixtures.state(
                List.of(Fixtures.node("n1", Map.of()), Fixtures.node("n2", Map.of())), List.of(), List.of());
        for (Change each : List.of(volume("payroll-db", "n1"), volume("web-a", "n1"), volume("web-b", "n2"))) {
            state = each.applyTo(state);
        }
        List<KnitEvent> events = new EventLog(List.of(), 7)
                .derive(state, Step.of(state, List.of(new Change.RemoveNode("n1"))), NOW, Duration.ZERO);

        assertThat(events).extracting(KnitEvent::seq).containsExactly(8L, 9L, 10L);
        assertThat(events.get(0).type()).isEqualTo("node.forgotten");
        assertThat(events.get(0).message())
                .endsWith("; what is in 2 volume(s) is left on its host, and made anew elsewhere, empty")
                .doesNotContain("payroll", "web");
        Caller web = new Caller("ann", Caller.Role.VIEWER, "a test", List.of("web-*"));
        assertThat(events)
                .filteredOn(event -> Sight.shows(event, web))
                .extracting(KnitEvent::message)
                .hasSize(2)
                .last()
                .isEqualTo(
                        "the volume \"data\" of web-a, slot 0, on n1, which is forgotten, is left on its host, and made"
                                + " anew elsewhere, empty");
        assertThat(events).extracting(KnitEvent::deployment).containsExactlyInAnyOrder(null, "payroll-db", "web-a");
    }

    @Test
    @DisplayName("of an old copy, and of what was to go, nobody is told that it is lost")
    void oldCopies() {
        SlotVolume volume = new SlotVolume("web", "0", "data", "n1", NOW, null, null);
        ClusterState state = Fixtures.state(
                List.of(Fixtures.node("n1", Map.of()), Fixtures.node("n2", Map.of())), List.of(), List.of());
        state = new Change.PutVolume(volume.leftBehind("n2")).applyTo(state);
        state = new Change.PutVolume(new SlotVolume("web", "1", "data", "n1", NOW, null, null).removing(NOW))
                .applyTo(state);
        List<KnitEvent> events = new EventLog(List.of(), 7)
                .derive(state, Step.of(state, List.of(new Change.RemoveNode("n1"))), NOW, Duration.ZERO);
        assertThat(events)
                .extracting(KnitEvent::message)
                .containsExactlyInAnyOrder(
                        "n1 is forgotten; an agent may take its name anew",
                        "the volume \"data\" of web, slot 0, on n1, which is forgotten, is left on its host: an old copy,"
                                + " what is in force is on n2",
                        "the volume \"data\" of web, slot 1, on n1, which is forgotten, is left on its host: it was to go");
    }
}
