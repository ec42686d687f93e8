package io.knit.api.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeFactsTest {
    private static final NodeFacts FULL = new NodeFacts(
            "host",
            Map.of("a", "b"),
            new Capacity(4, 8L << 30),
            "20.10",
            "0.1.0",
            "10.54.0.10",
            "key",
            "words",
            List.of("init"),
            "linux",
            "amd64",
            new Reservation(100, 1, 0),
            List.of("privileged"),
            "no port 53",
            List.of("10.210.1.0/24"),
            "10.210.2.0/24 is n2's");

    /** Its names would lead elsewhere, and its room be another, only because it is newer than the server. */
    @Test
    void whoIsNotUnderstoodHasWhatItSaidBefore() throws ReflectiveOperationException {
        NodeFacts after = FULL.notUnderstood("9.0", "speaks 9");
        Set<String> changed = Set.of("agentVersion", "condition", "features");
        for (RecordComponent fact : NodeFacts.class.getRecordComponents()) {
            Object before = fact.getAccessor().invoke(FULL);
            if (changed.contains(fact.getName())) {
                assertThat(fact.getAccessor().invoke(after)).as(fact.getName()).isNotEqualTo(before);
            } else {
                assertThat(fact.getAccessor().invoke(after)).as(fact.getName()).isEqualTo(before);
            }
        }
    }
}
