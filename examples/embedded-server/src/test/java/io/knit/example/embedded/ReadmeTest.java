package io.knit.example.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README's Java is the example's. */
class ReadmeTest {
    private static final Path EXAMPLE =
            Path.of("src", "main", "java", "io", "knit", "example", "embedded", "QuickStart.java");

    @Test
    void theReadmeQuotesTheExample() throws IOException {
        String[] parts = Files.readString(EXAMPLE).split(" *// \\[readme]\n", -1);
        String snippet = parts[1].indent(-8);

        assertThat(Files.readString(Path.of("..", "..", "README.md"))).contains(snippet);
    }
}
