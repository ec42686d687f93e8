package io.knit.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.model.Resources;
import io.knit.core.spec.Pauses;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationTest {
    @Test
    void aDurationIsWrittenAsPeopleWriteIt() {
        Pauses pauses = new Pauses(Duration.ofMillis(90_500), null);
        assertThat(WireCodec.encodeText(pauses)).isEqualTo("{\"before\":\"1m30s500ms\"}");
        assertThat(WireCodec.decodeText("{\"before\":\"1m30s500ms\",\"more\":1}", Pauses.class))
                .isEqualTo(pauses);
    }

    @Test
    void whatIsNoneIsToldByItsName() {
        for (String wrong : new String[] {"\"soon\"", "30", "{}"}) {
            assertThatThrownBy(() -> WireCodec.decodeText("{\"before\":" + wrong + "}", Pauses.class))
                    .hasMessageContaining("before can't be what is there");
        }
    }

    @Test
    void whatARecordOfASpecLeavesOutIsWhatItsTableSays() {
        assertThat(WireCodec.decodeText("{}", Resources.class)).isEqualTo(Resources.DEFAULT);
    }
}
