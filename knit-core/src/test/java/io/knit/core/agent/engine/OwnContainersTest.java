package io.knit.core.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OwnContainersTest {
    private static final ContainerSnapshot REAL = container("knit-web-0-a", Map.of());
    private static final ContainerSnapshot COPY = container("dbg", Map.of());
    private static final Map<String, String> LOG = Map.of(KnitLabels.PART, "log");

    private record Case(String name, List<ContainerSnapshot> observed, List<String> originals) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static ContainerSnapshot container(String name, Map<String, String> more) {
        Map<String, String> labels = new HashMap<>(
                Map.of(KnitLabels.CLUSTER, "here", KnitLabels.NODE, "n1", KnitLabels.INSTANCE, "web-0-a"));
        labels.putAll(more);
        return new ContainerSnapshot("id of " + name, name, ContainerState.RUNNING, labels, null, 0);
    }

    static Stream<Case> cases() {
        ContainerSnapshot part = container("knit-web-0-a-log", LOG);
        ContainerSnapshot copiedPart = container("dbg-log", LOG);
        ContainerSnapshot elsewhere = container("theirs", Map.of(KnitLabels.NODE, "n2"));
        ContainerSnapshot another = container("mine", Map.of(KnitLabels.CLUSTER, "other"));
        ContainerSnapshot noInstance = container("forged", Map.of(KnitLabels.INSTANCE, "../a"));
        return Stream.of(
                new Case("it alone", List.of(REAL), List.of("knit-web-0-a")),
                new Case("a copy before it", List.of(COPY, REAL), List.of("knit-web-0-a")),
                new Case("a copy after it", List.of(REAL, COPY), List.of("knit-web-0-a")),
                new Case("it was renamed", List.of(COPY), List.of("dbg")),
                new Case("a part is no copy", List.of(REAL, part), List.of("knit-web-0-a", "knit-web-0-a-log")),
                new Case("a copy of a part", List.of(copiedPart, part), List.of("knit-web-0-a-log")),
                new Case(
                        "a part of which the main one is gone",
                        List.of(copiedPart, REAL),
                        List.of("dbg-log", "knit-web-0-a")),
                new Case("another node's", List.of(REAL, elsewhere), List.of("knit-web-0-a", "theirs")),
                new Case("another cluster's", List.of(REAL, another), List.of("knit-web-0-a", "mine")),
                new Case("no instance's", List.of(REAL, noInstance), List.of("knit-web-0-a", "forged")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void originals(Case it) {
        assertThat(new OwnContainers().originals(it.observed()))
                .extracting(ContainerSnapshot::name)
                .containsExactlyElementsOf(it.originals());
    }

    @Test
    @DisplayName("a copy is one for as long as it is there")
    void afterwards() {
        OwnContainers containers = new OwnContainers();
        containers.originals(List.of(REAL, COPY));
        assertThat(containers.originals(List.of(COPY))).isEmpty();
        assertThat(containers.originals(List.of(COPY, REAL))).containsExactly(REAL);
        containers.originals(List.of());
        assertThat(containers.originals(List.of(COPY))).containsExactly(COPY);
    }
}
