package io.knit.launcher.remote.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.server.compose.ComposeSource;
import io.knit.core.server.compose.text.ComposeFinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComposeOverridesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        compose.yaml        | compose.override.yaml        |                                |                            | compose.override.yaml lies beside it
        compose.yml         | compose.override.yml         |                                |                            | compose.override.yml lies beside it
        docker-compose.yml  | docker-compose.override.yml  |                                |                            | docker-compose.override.yml lies beside it
        docker-compose.yaml | docker-compose.override.yaml |                                |                            | docker-compose.override.yaml lies beside it
        compose.yaml        | docker-compose.override.yml  |                                |                            | docker-compose.override.yml lies beside it
        shop.yaml           | compose.override.yaml        |                                |                            |
        compose.yaml        | compose.prod.yaml            |                                |                            |
        compose.yaml        | other                        | compose.yaml:compose.prod.yaml |                            | COMPOSE_FILE names files
        shop.yaml           | other                        | other.yaml                     |                            | COMPOSE_FILE names files
        shop.yaml           | other                        |                                | COMPOSE_FILE=a.yaml:b.yaml | COMPOSE_FILE names files
        shop.yaml           | other                        | shop.yaml                      | COMPOSE_FILE=a.yaml:b.yaml |
        compose.yaml        | compose.override.yaml        | ./compose.yaml                 |                            |
        """)
    @DisplayName("what docker compose would merge into a file is said, with how to have it; what it would not is not")
    void besides(String file, String other, @Nullable String variable, @Nullable String envFile, @Nullable String words)
            throws IOException {
        Path given = Files.writeString(folder.resolve(file), "services: {a: {image: a}}\n");
        Files.writeString(folder.resolve(other), "services: {a: {image: b}}\n");
        Optional<ComposeFinding> said = ComposeOverrides.of(
                given,
                file,
                ComposeSource.dotEnv(envFile),
                variable == null ? Map.of() : Map.of("COMPOSE_FILE", variable));
        if (words == null) {
            assertThat(said).isEmpty();
        } else {
            assertThat(said).hasValueSatisfying(finding -> {
                assertThat(finding.toString()).startsWith(file + ":1:1: " + words);
                assertThat(finding.refuses()).isFalse();
                assertThat(finding.instead())
                        .contains("docker compose config --no-path-resolution --format json | knit deploy -");
            });
        }
    }
}
