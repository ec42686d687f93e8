package io.knit.core.server.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.server.documents.kept.Meta;
import io.knit.core.wire.WireCodec;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RestoredMetaTest {
    private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");
    private static final String META = WireCodec.encodeText(new Meta("here", 7, 3, 4, Instant.EPOCH, null, true));

    private static int passed(String meta) {
        return Objects.requireNonNull(WireCodec.decodeText(meta, Meta.class).passed());
    }

    @Test
    @DisplayName(
            "the versions that were given before are below the time, and all else stays, also what this release does not know")
    void of() {
        String unknown = META.substring(0, META.length() - 1) + ",\"of_the_future\":[1]}";
        String made = RestoredMeta.of(unknown, NOW);
        assertThat(made).contains("\"of_the_future\":[1]");
        assertThat(WireCodec.decodeText(made, Meta.class))
                .isEqualTo(new Meta("here", 7, 3, 4, Instant.EPOCH, 334 * 24 * 60 * 60, true));
    }

    @Test
    @DisplayName("a later restore begins higher, and a clock that was set back lets none come again")
    void again() {
        String first = RestoredMeta.of(META, NOW);
        assertThat(passed(RestoredMeta.of(META, NOW.plusSeconds(1)))).isEqualTo(passed(first) + 1);
        assertThat(passed(RestoredMeta.of(first, NOW.minusSeconds(60)))).isEqualTo(passed(first));
        assertThat(passed(RestoredMeta.of(META, Instant.EPOCH))).isZero();
        assertThat(passed(RestoredMeta.of(META, Instant.parse("3000-01-01T00:00:00Z"))))
                .isEqualTo(Integer.MAX_VALUE / 2);
    }
}
