package io.knit.core.agent.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.ValuesPage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ValueFetchTest {
    private static final ReadValue ASKED = ReadValue.named("var/HOST", 2);
    private static final ReadValue OTHER = ReadValue.named("var/HOST", 1);

    private final ValueFetch fetch = new ValueFetch(AssignmentSet.NONE);

    private int take(Map<String, String> refused, @Nullable ReadValue... values) {
        return fetch.take(
                List.of(ASKED.key()), new ValuesPage(1, "c1", new ArrayList<>(Arrays.asList(values)), refused));
    }

    @Test
    @DisplayName("what was asked for is taken in, given or refused")
    void asked() {
        assertThat(take(Map.of(), ASKED.with("YQ=="))).isEqualTo(1);
        assertThat(take(Map.of(ASKED.key(), "it is locked"))).isEqualTo(1);
        assertThat(take(Map.of())).isZero();
    }

    @Test
    @DisplayName("a page with something else, or with nothing in it, is none")
    void notAsked() {
        assertThat(take(Map.of(), OTHER.with("YQ=="))).isNegative();
        assertThat(take(Map.of(), ASKED)).isNegative();
        assertThat(take(Map.of(), (ReadValue) null)).isNegative();
        assertThat(take(Map.of(OTHER.key(), "it is locked"))).isNegative();
    }
}
