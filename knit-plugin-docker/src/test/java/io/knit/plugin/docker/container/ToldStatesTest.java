package io.knit.plugin.docker.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventActor;
import io.knit.api.spi.runtime.ContainerState;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToldStatesTest {
    private final ToldStates told = new ToldStates();

    private static Event event(String action, Map<String, String> attributes) {
        return new Event()
                .withAction(action)
                .withTimenano(1_000_000_000L)
                .withEventActor(new EventActor().withId("c").withAttributes(attributes));
    }

    private ToldStates.@Nullable Doubt hear(String action) {
        return told.heard(event(action, Map.of("exitCode", "137")));
    }

    private String believed(ContainerState listed) {
        ToldStates.Told word = told.instead("c", listed);
        return word == null
                ? "the list"
                : word.state() + " " + word.exitCode() + (word.outOfMemory() ? " out of memory" : "");
    }

    @Test
    void anEndIsBelievedUntilTheListAgrees() {
        assertThat(hear("die")).isNull();
        for (int look = 0; look < 3; look++) {
            assertThat(believed(ContainerState.RUNNING)).isEqualTo("EXITED 137");
        }
        assertThat(believed(ContainerState.EXITED)).isEqualTo("the list");
        assertThat(believed(ContainerState.RUNNING)).isEqualTo("the list");
    }

    @Test
    void aLackOfMemoryThatWasToldBeforeTheEndIsItsCause() {
        hear("oom");
        hear("die");
        assertThat(believed(ContainerState.RUNNING)).isEqualTo("EXITED 137 out of memory");
        hear("start");
        hear("die");
        assertThat(believed(ContainerState.RUNNING)).isEqualTo("EXITED 137");
    }

    @Test
    void aLackOfMemoryOfAChildIsNotTheCauseOfAnEndOfItsOwn() {
        hear("oom");
        told.heard(event("die", Map.of("exitCode", "0")));
        assertThat(believed(ContainerState.RUNNING)).isEqualTo("EXITED 0");
        hear("die");
        assertThat(believed(ContainerState.RUNNING)).isEqualTo("EXITED 137");
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "destroy"})
    void whatComesAfterAnEndOvertakesIt(String next) {
        hear("die");
        hear(next);
        assertThat(believed(ContainerState.RUNNING)).isEqualTo("the list");
    }

    @Test
    void pausesAndTheirEndsAreBelieved() {
        hear("pause");
        assertThat(believed(ContainerState.RUNNING)).isEqualTo("PAUSED null");
        hear("unpause");
        assertThat(believed(ContainerState.PAUSED)).isEqualTo("RUNNING null");
        assertThat(believed(ContainerState.RUNNING)).isEqualTo("the list");
    }

    @Test
    void anEndThatMayBeOlderThanOurStartIsADoubt() {
        hear("die");
        told.starts("c");
        assertThat(believed(ContainerState.RUNNING)).isEqualTo("the list");
        assertThat(hear("die")).isNotNull();
        assertThat(believed(ContainerState.RUNNING)).isEqualTo("the list");
        hear("start");
        assertThat(hear("die")).isNull();
        assertThat(believed(ContainerState.RUNNING)).startsWith("EXITED");
    }

    @Test
    void aStartThatCameToNothingLeavesNoDoubt() {
        told.starts("c");
        told.didNotStart("c");
        assertThat(hear("die")).isNull();
    }

    @Test
    void aStreamThatBrokeOffTakesItsWordsAlong() {
        hear("die");
        told.forget();
        assertThat(believed(ContainerState.RUNNING)).isEqualTo("the list");
    }

    @Test
    void anEventWithoutActorOrCodeHarmsNothing() {
        assertThat(told.heard(new Event())).isNull();
        assertThat(told.heard(event("die", Map.of()))).isNull();
        assertThat(believed(ContainerState.RUNNING)).isEqualTo("EXITED null");
    }
}
