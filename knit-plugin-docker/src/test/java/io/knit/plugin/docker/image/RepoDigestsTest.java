package io.knit.plugin.docker.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepoDigestsTest {
    private static final String ONE = "sha256:" + "1".repeat(64);
    private static final String TWO = "sha256:" + "2".repeat(64);

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "nginx:alpine", "docker.io/nginx:1", "docker.io/library/nginx", "library/nginx:1"})
    @DisplayName("an image of the default registry, however it is called")
    void ofTheHub(String image) {
        List<String> known = List.of("registry.example/nginx@" + TWO, "nginx@" + ONE, "nginx-other@" + TWO);
        assertThat(RepoDigests.of(image, known)).isEqualTo(ONE);
    }

    @Test
    @DisplayName("one of another registry, with a port and without a tag")
    void ofAnother() {
        List<String> known = List.of("team/shop@" + TWO, "localhost:5000/team/shop@" + ONE);
        assertThat(RepoDigests.of("localhost:5000/team/shop", known)).isEqualTo(ONE);
        assertThat(RepoDigests.of("localhost:5000/team/shop:3", known)).isEqualTo(ONE);
        assertThat(RepoDigests.of("localhost:5001/team/shop:3", known)).isEmpty();
    }

    @Test
    @DisplayName("made or loaded on the node, or in words that are none")
    void none() {
        assertThat(RepoDigests.of("web:1", null)).isEmpty();
        assertThat(RepoDigests.of("web:1", List.of())).isEmpty();
        assertThat(RepoDigests.of("web:1", Arrays.asList(null, "web@", "web@sha256:1", "<none>@<none>")))
                .isEmpty();
    }

    @Test
    @DisplayName("of several it is always the same, and what says it itself is taken at its word")
    void several() {
        assertThat(RepoDigests.of("web:1", List.of("web@" + TWO, "web@" + ONE))).isEqualTo(ONE);
        assertThat(RepoDigests.of("web:1@" + TWO, List.of("web@" + ONE))).isEqualTo(TWO);
    }
}
