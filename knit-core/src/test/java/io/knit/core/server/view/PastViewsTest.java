package io.knit.core.server.view;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.history.HistoryEntry;
import io.knit.api.model.Rollout;
import io.knit.core.server.Fixtures;
import io.knit.core.server.history.KeptThen;
import io.knit.core.server.history.PastEntry;
import io.knit.core.server.state.ClusterState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** When the history does not tell how a deployment was, it is said why. */
class PastViewsTest {
    private static final Instant ASKED = Fixtures.NOW.plusSeconds(60);
    private static final ClusterState NONE = ClusterState.empty("here");
    private static final ClusterState WEB = Fixtures.state(
            List.of(), List.of(Fixtures.deployment(1, Fixtures.spec("web").build())), List.of());

    private static HistoryEntry entry(int second, String kind) {
        return new HistoryEntry(
                1, 1, Fixtures.NOW.plusSeconds(second), null, kind, Map.of("kind", kind), "web", List.of());
    }

    private static KeptThen then(int revision) {
        return new KeptThen(revision, "web:1", 1, false, false, Rollout.NONE, 0, 0, List.of());
    }

    static Stream<Arguments> gaps() {
        return Stream.of(
                gap(
                        "no entry, no deployment",
                        NONE,
                        null,
                        null,
                        null,
                        null,
                        ErrorCode.NOT_FOUND,
                        "the history knows of none"),
                gap(
                        "no entry, as of a release without a history",
                        WEB,
                        null,
                        null,
                        null,
                        null,
                        ErrorCode.FORGOTTEN,
                        "the history says nothing of web"),
                gap(
                        "deployed later",
                        WEB,
                        null,
                        null,
                        entry(90, "deploy"),
                        then(1),
                        ErrorCode.NOT_FOUND,
                        "there was no deployment named \"web\" at 2026-01-01T00:01:00Z: it was deployed at 2026-01-01T00:01:30Z"),
                gap(
                        "the oldest that is kept is another command",
                        WEB,
                        null,
                        null,
                        entry(90, "scale"),
                        then(4),
                        ErrorCode.FORGOTTEN,
                        "the history of web reaches back to 2026-01-01T00:01:30Z"),
                gap(
                        "the oldest that is kept deployed a later revision",
                        WEB,
                        null,
                        null,
                        entry(90, "deploy"),
                        then(7),
                        ErrorCode.FORGOTTEN,
                        "reaches back to"),
                gap(
                        "the oldest that is kept is of an older release",
                        WEB,
                        null,
                        null,
                        entry(90, "deploy"),
                        null,
                        ErrorCode.FORGOTTEN,
                        "reaches back to"),
                gap(
                        "of an older release",
                        WEB,
                        entry(30, "deploy"),
                        null,
                        entry(90, "scale"),
                        then(2),
                        ErrorCode.FORGOTTEN,
                        "a release of Knit wrote it that kept no more"),
                gap(
                        "gone",
                        WEB,
                        entry(30, ""),
                        then(0),
                        entry(90, "deploy"),
                        then(1),
                        ErrorCode.NOT_FOUND,
                        "the last of it was gone at 2026-01-01T00:00:30Z"));
    }

    private static Arguments gap(
            String name,
            ClusterState state,
            @Nullable HistoryEntry entry,
            @Nullable KeptThen then,
            @Nullable HistoryEntry next,
            @Nullable KeptThen nextThen,
            ErrorCode code,
            String words) {
        return Arguments.of(name, state, new PastEntry(entry, then, next, nextThen), code, words);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("gaps")
    void itIsSaidWhyNot(String name, ClusterState state, PastEntry found, ErrorCode code, String words) {
        assertThatThrownBy(() -> PastViews.of(state, "web", ASKED, found))
                .hasMessageContaining(words)
                .isInstanceOfSatisfying(
                        KnitException.class,
                        e -> org.assertj.core.api.Assertions.assertThat(e.code())
                                .isEqualTo(code));
    }
}
