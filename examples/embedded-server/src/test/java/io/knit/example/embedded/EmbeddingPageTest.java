package io.knit.example.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** All Java of {@code docs/embedding.md} is a marked part of an example, which compiles, and which a test runs. */
class EmbeddingPageTest {
    private static final Path HOUSE = Path.of("..", "..");
    private static final Pattern MARKED = Pattern.compile(" *// \\[([a-z]+)]\n(.*?)\n *// \\[\\1]", Pattern.DOTALL);
    private static final Pattern QUOTED = Pattern.compile("```java\n(.*?)\n```", Pattern.DOTALL);

    private static Stream<String> found(Pattern pattern, int group, String text) {
        Matcher matcher = pattern.matcher(text);
        List<String> found = new ArrayList<>();
        while (matcher.find()) {
            found.add(matcher.group(group).stripIndent());
        }
        return found.stream();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void thePageQuotesTheExamples() throws IOException {
        List<String> quoted = found(QUOTED, 1, read(HOUSE.resolve(Path.of("docs", "embedding.md"))))
                .toList();
        List<String> marked;
        try (Stream<Path> files = Files.walk(HOUSE.resolve("examples"))) {
            marked = files.filter(file -> file.toString().endsWith(".java"))
                    .map(EmbeddingPageTest::read)
                    .flatMap(text -> found(MARKED, 2, text))
                    .toList();
        }

        assertThat(quoted).hasSizeGreaterThan(3);
        assertThat(marked).containsAll(quoted);
    }
}
